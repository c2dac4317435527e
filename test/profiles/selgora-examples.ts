/** The payloads that Selgora's own page shows, as data: each must be accepted as it stands. */
export const SELGORA_EXAMPLES: readonly (readonly [type: string, data: Record<string, unknown>])[] = [
  [
    'order.created',
    {
      order_id: 'ord_123',
      customer_email: 'customer@example.com',
      amount: 19700,
      currency: 'USD',
      status: 'pending',
    },
  ],
  [
    'order.completed',
    {
      order_id: 'ord_123',
      customer_email: 'customer@example.com',
      products: [{ id: 'prod_456', name: 'Complete Course', price: 19700 }],
      payment_method: 'card',
    },
  ],
  // The page's curl test: it shares only the order's id with the example above, so only that is required.
  ['order.completed', { order_id: 'test_123', amount: 10000 }],
  ['order.refunded', { order_id: 'ord_123', refund_amount: 19700, reason: 'requested_by_customer' }],
  [
    'contact.created',
    {
      contact_id: 'con_456',
      email: 'new@example.com',
      source: 'landing_page',
      tags: ['lead'],
      custom_fields: {},
    },
  ],
  [
    'contact.updated',
    {
      contact_id: 'con_456',
      changes: {
        tags: { added: ['customer'], removed: ['lead'] },
        custom_fields: { company: 'New Company' },
      },
    },
  ],
  [
    'contact.deleted',
    { contact_id: 'con_456', email: 'deleted@example.com', deleted_at: '2024-11-15T10:00:00Z' },
  ],
  [
    'subscription.created',
    {
      subscription_id: 'sub_789',
      customer_email: 'customer@example.com',
      plan: 'monthly',
      amount: 9700,
      next_billing_date: '2024-12-15',
    },
  ],
  [
    'subscription.updated',
    { subscription_id: 'sub_789', changes: { plan: { from: 'monthly', to: 'annual' } } },
  ],
  [
    'subscription.cancelled',
    {
      subscription_id: 'sub_789',
      cancelled_at: '2024-11-15T10:00:00Z',
      reason: 'voluntary',
      feedback: 'Too expensive',
    },
  ],
  [
    'course.enrolled',
    { contact_id: 'con_456', course_id: 'course_123', enrolled_at: '2024-11-15T10:00:00Z' },
  ],
  [
    'course.completed',
    {
      contact_id: 'con_456',
      course_id: 'course_123',
      completed_at: '2024-11-15T10:00:00Z',
      completion_rate: 100,
      time_spent_minutes: 480,
    },
  ],
  [
    'lesson.completed',
    { contact_id: 'con_456', lesson_id: 'lesson_789', course_id: 'course_123', quiz_score: 95 },
  ],
  [
    'email.sent',
    {
      email_id: 'em_123',
      to: 'customer@example.com',
      subject: 'Welcome to Selgora',
      campaign: 'welcome_series',
    },
  ],
  [
    'email.opened',
    {
      email_id: 'em_123',
      opened_at: '2024-11-15T10:30:00Z',
      ip_address: '192.168.1.1',
      user_agent: 'Mozilla/5.0...',
    },
  ],
  [
    'email.clicked',
    { email_id: 'em_123', link: 'https://selgora.com/offer', clicked_at: '2024-11-15T10:35:00Z' },
  ],
];
