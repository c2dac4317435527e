/** Headers by name and value, as they were sent. */
export function HeaderTable({ headers }: { headers: Record<string, string | string[]> }) {
  return (
    <table className="headers">
      <caption>Headers</caption>
      <tbody>
        {Object.entries(headers).flatMap(([name, value]) =>
          [value].flat().map((one) => (
            <tr key={`${name} ${one}`}>
              <th scope="row">{name}</th>
              <td>{one}</td>
            </tr>
          )),
        )}
      </tbody>
    </table>
  );
}
