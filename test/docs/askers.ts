/** Ask the functions of the page's files: cases on stdin, answers on stdout. */
export const ASKERS = {
  'ask.mjs': `
    import { readFileSync } from 'node:fs';
    import { verifyStandard, verifySelgora, verifySelz } from './verify.mjs';
    const checks = { standard: verifyStandard, selgora: verifySelgora, selz: verifySelz };
    const answers = JSON.parse(readFileSync(0)).map(({ check, body, headers, secrets, nowS }) =>
      checks[check](Buffer.from(body, 'base64'), headers, secrets, ...(nowS ? [nowS] : [])));
    console.log(JSON.stringify(answers));`,
  'ask.py': `
import base64, json, sys
import verify
checks = {"standard": verify.verify_standard, "selgora": verify.verify_selgora, "selz": verify.verify_selz}
print(json.dumps([
    checks[c["check"]](base64.b64decode(c["body"]), c["headers"], c["secrets"], *([c["nowS"]] if "nowS" in c else []))
    for c in json.load(sys.stdin)
]))`,
  'ask.php': `<?php
    error_reporting(E_ALL);
    set_error_handler(function ($n, $message) { throw new Exception($message); });
    require 'verify.php';
    $ask = fn ($c) => ('verify_' . $c['check'])(
      base64_decode($c['body']), $c['headers'], $c['secrets'], ...(isset($c['nowS']) ? [$c['nowS']] : []));
    echo json_encode(array_map($ask, json_decode(stream_get_contents(STDIN), true)));`,
  'ask.go': `
    package main
    import ("encoding/base64"; "encoding/json"; "net/http"; "os"; "time")
    func main() {
      var cases []struct { Check, Body string; Headers map[string]string; Secrets []string; NowS int64 }
      if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil { panic(err) }
      answers := []bool{}
      for _, c := range cases {
        body, _ := base64.StdEncoding.DecodeString(c.Body)
        headers, now := http.Header{}, time.Now()
        for name, value := range c.Headers { headers.Set(name, value) }
        if c.NowS != 0 { now = time.Unix(c.NowS, 0) }
        switch c.Check {
        case "standard": answers = append(answers, verifyStandard(body, headers, c.Secrets, now))
        case "selgora": answers = append(answers, verifySelgora(body, headers, c.Secrets))
        case "selz": answers = append(answers, verifySelz(body, headers, c.Secrets))
        }
      }
      json.NewEncoder(os.Stdout).Encode(answers)
    }`,
  'receiving.mjs': `
    import { readFileSync } from 'node:fs';
    const { file, body, headers } = JSON.parse(readFileSync(0));
    const { verified, receive } = await import(file);
    console.log(JSON.stringify((verified ?? receive)(Buffer.from(body, 'base64'), headers)));`,
};
