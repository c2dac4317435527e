// Made by generate.mjs from the catalogues of event types; not to be edited.
// A field may be absent where it says `?`, and further fields may come with any event.

/** `data` of Selgora's events, by type. */
export interface SelgoraData {
  /** A customer placed an order that is not paid yet. */
  'order.created': {
    order_id: string;
    contact_id?: string | null;
    customer_email: string;
    /** In minor units: 19700 is 197.00. */
    amount: number;
    currency: string;
    status?: string | null;
    products?: Array<{
      id?: string | null;
      name?: string | null;
      /** In minor units: 19700 is 197.00. */
      price?: number | null;
    }> | null;
    payment_method?: string | null;
  };
  /** An order was paid in full. */
  'order.completed': {
    order_id: string;
    contact_id?: string | null;
    customer_email?: string | null;
    /** In minor units: 19700 is 197.00. */
    amount?: number | null;
    currency?: string | null;
    status?: string | null;
    products?: Array<{
      id?: string | null;
      name?: string | null;
      /** In minor units: 19700 is 197.00. */
      price?: number | null;
    }> | null;
    payment_method?: string | null;
  };
  /** All or part of an order was paid back to the customer. */
  'order.refunded': {
    order_id: string;
    contact_id?: string | null;
    customer_email?: string | null;
    /** In minor units: 19700 is 197.00. */
    amount?: number | null;
    currency?: string | null;
    status?: string | null;
    products?: Array<{
      id?: string | null;
      name?: string | null;
      /** In minor units: 19700 is 197.00. */
      price?: number | null;
    }> | null;
    payment_method?: string | null;
    /** In minor units: 19700 is 197.00. */
    refund_amount: number;
    reason?: string | null;
  };
  /** Somebody was added to the contacts. */
  'contact.created': {
    contact_id: string;
    email: string;
    first_name?: string | null;
    last_name?: string | null;
    tags?: string[] | null;
    custom_fields?: Record<string, unknown> | null;
    source?: string | null;
  };
  /** Tags or fields of a contact were changed. */
  'contact.updated': {
    contact_id: string;
    email?: string | null;
    first_name?: string | null;
    last_name?: string | null;
    tags?: string[] | null;
    custom_fields?: Record<string, unknown> | null;
    changes: {
      tags?: {
        added?: string[] | null;
        removed?: string[] | null;
      } | null;
      custom_fields?: Record<string, unknown> | null;
    };
  };
  /** A contact was removed. */
  'contact.deleted': {
    contact_id: string;
    email?: string | null;
    first_name?: string | null;
    last_name?: string | null;
    tags?: string[] | null;
    custom_fields?: Record<string, unknown> | null;
    deleted_at: string;
  };
  /** A customer started a subscription. */
  'subscription.created': {
    subscription_id: string;
    contact_id?: string | null;
    customer_email: string;
    plan: string;
    /** In minor units: 19700 is 197.00. */
    amount: number;
    currency?: string | null;
    next_billing_date?: string | null;
  };
  /** Terms of a subscription, such as its plan, were changed. */
  'subscription.updated': {
    subscription_id: string;
    contact_id?: string | null;
    customer_email?: string | null;
    plan?: string | null;
    /** In minor units: 19700 is 197.00. */
    amount?: number | null;
    currency?: string | null;
    next_billing_date?: string | null;
    changes: {
      plan?: {
        from?: unknown;
        to?: unknown;
      } | null;
    };
  };
  /** A subscription was ended. */
  'subscription.cancelled': {
    subscription_id: string;
    contact_id?: string | null;
    customer_email?: string | null;
    plan?: string | null;
    /** In minor units: 19700 is 197.00. */
    amount?: number | null;
    currency?: string | null;
    next_billing_date?: string | null;
    cancelled_at: string;
    reason?: string | null;
    feedback?: string | null;
  };
  /** A contact was given access to a course. */
  'course.enrolled': {
    contact_id: string;
    contact_email?: string | null;
    course_id: string;
    course_name?: string | null;
    enrolled_at: string;
  };
  /** A contact finished a course. */
  'course.completed': {
    contact_id: string;
    contact_email?: string | null;
    course_id: string;
    course_name?: string | null;
    completed_at: string;
    completion_rate?: number | null;
    time_spent_minutes?: number | null;
  };
  /** A contact finished one lesson of a course. */
  'lesson.completed': {
    contact_id: string;
    contact_email?: string | null;
    course_id: string;
    course_name?: string | null;
    lesson_id: string;
    lesson_name?: string | null;
    completed_at?: string | null;
    quiz_score?: number | null;
  };
  /** An e-mail went out to a contact. */
  'email.sent': {
    email_id: string;
    contact_id?: string | null;
    to: string;
    subject?: string | null;
    campaign?: string | null;
  };
  /** A recipient opened an e-mail. */
  'email.opened': {
    email_id: string;
    contact_id?: string | null;
    to?: string | null;
    subject?: string | null;
    campaign?: string | null;
    ip_address?: string | null;
    user_agent?: string | null;
    opened_at: string;
  };
  /** A recipient followed a link in an e-mail. */
  'email.clicked': {
    email_id: string;
    contact_id?: string | null;
    to?: string | null;
    subject?: string | null;
    campaign?: string | null;
    ip_address?: string | null;
    user_agent?: string | null;
    link: string;
    clicked_at?: string | null;
  };
}

/** `data` of Selz's events, by type. */
export interface SelzData {
  /** A post was added to the blog. */
  blog_post_created: {
    id: string | number;
    title?: string | null;
    slug?: string | null;
    url?: string | null;
    author?: string | null;
    summary?: string | null;
    body_html?: string | null;
    tags?: string[] | null;
    is_published?: boolean | null;
    published_at?: string | null;
    created_at?: string | null;
    updated_at?: string | null;
    deleted_at?: string | null;
  };
  /** A post of the blog was changed. */
  blog_post_updated: {
    id: string | number;
    title?: string | null;
    slug?: string | null;
    url?: string | null;
    author?: string | null;
    summary?: string | null;
    body_html?: string | null;
    tags?: string[] | null;
    is_published?: boolean | null;
    published_at?: string | null;
    created_at?: string | null;
    updated_at?: string | null;
    deleted_at?: string | null;
  };
  /** A post was removed from the blog. */
  blog_post_deleted: {
    id: string | number;
    title?: string | null;
    slug?: string | null;
    url?: string | null;
    author?: string | null;
    summary?: string | null;
    body_html?: string | null;
    tags?: string[] | null;
    is_published?: boolean | null;
    published_at?: string | null;
    created_at?: string | null;
    updated_at?: string | null;
    deleted_at?: string | null;
  };
  /** A product category was added. */
  category_created: {
    id: string | number;
    title?: string | null;
    slug?: string | null;
    url?: string | null;
    description?: string | null;
    parent_id?: string | number | null;
    position?: number | null;
    is_published?: boolean | null;
    created_at?: string | null;
    updated_at?: string | null;
    deleted_at?: string | null;
  };
  /** A product category was changed. */
  category_updated: {
    id: string | number;
    title?: string | null;
    slug?: string | null;
    url?: string | null;
    description?: string | null;
    parent_id?: string | number | null;
    position?: number | null;
    is_published?: boolean | null;
    created_at?: string | null;
    updated_at?: string | null;
    deleted_at?: string | null;
  };
  /** A product category was removed. */
  category_deleted: {
    id: string | number;
    title?: string | null;
    slug?: string | null;
    url?: string | null;
    description?: string | null;
    parent_id?: string | number | null;
    position?: number | null;
    is_published?: boolean | null;
    created_at?: string | null;
    updated_at?: string | null;
    deleted_at?: string | null;
  };
  /** A customer was added to the store. */
  customer_created: {
    id: string | number;
    email?: string | null;
    first_name?: string | null;
    last_name?: string | null;
    phone?: string | null;
    country_code?: string | null;
    accepts_marketing?: boolean | null;
    order_count?: number | null;
    /** In minor units: 19700 is 197.00. */
    total_spent?: number | null;
    currency?: string | null;
    created_at?: string | null;
    updated_at?: string | null;
    deleted_at?: string | null;
  };
  /** Details of a customer were changed. */
  customer_updated: {
    id: string | number;
    email?: string | null;
    first_name?: string | null;
    last_name?: string | null;
    phone?: string | null;
    country_code?: string | null;
    accepts_marketing?: boolean | null;
    order_count?: number | null;
    /** In minor units: 19700 is 197.00. */
    total_spent?: number | null;
    currency?: string | null;
    created_at?: string | null;
    updated_at?: string | null;
    deleted_at?: string | null;
  };
  /** A customer was removed from the store. */
  customer_deleted: {
    id: string | number;
    email?: string | null;
    first_name?: string | null;
    last_name?: string | null;
    phone?: string | null;
    country_code?: string | null;
    accepts_marketing?: boolean | null;
    order_count?: number | null;
    /** In minor units: 19700 is 197.00. */
    total_spent?: number | null;
    currency?: string | null;
    created_at?: string | null;
    updated_at?: string | null;
    deleted_at?: string | null;
  };
  /** A discount was added. */
  discount_created: {
    id: string | number;
    code?: string | null;
    title?: string | null;
    type?: string | null;
    percentage?: number | null;
    /** In minor units: 19700 is 197.00. */
    amount?: number | null;
    currency?: string | null;
    /** In minor units: 19700 is 197.00. */
    minimum_order?: number | null;
    usage_limit?: number | null;
    usage_count?: number | null;
    is_active?: boolean | null;
    starts_at?: string | null;
    ends_at?: string | null;
    created_at?: string | null;
    updated_at?: string | null;
    deleted_at?: string | null;
  };
  /** Terms of a discount were changed. */
  discount_updated: {
    id: string | number;
    code?: string | null;
    title?: string | null;
    type?: string | null;
    percentage?: number | null;
    /** In minor units: 19700 is 197.00. */
    amount?: number | null;
    currency?: string | null;
    /** In minor units: 19700 is 197.00. */
    minimum_order?: number | null;
    usage_limit?: number | null;
    usage_count?: number | null;
    is_active?: boolean | null;
    starts_at?: string | null;
    ends_at?: string | null;
    created_at?: string | null;
    updated_at?: string | null;
    deleted_at?: string | null;
  };
  /** A discount was removed. */
  discount_deleted: {
    id: string | number;
    code?: string | null;
    title?: string | null;
    type?: string | null;
    percentage?: number | null;
    /** In minor units: 19700 is 197.00. */
    amount?: number | null;
    currency?: string | null;
    /** In minor units: 19700 is 197.00. */
    minimum_order?: number | null;
    usage_limit?: number | null;
    usage_count?: number | null;
    is_active?: boolean | null;
    starts_at?: string | null;
    ends_at?: string | null;
    created_at?: string | null;
    updated_at?: string | null;
    deleted_at?: string | null;
  };
  /** A payment for an order went through. */
  order_payment_succeeded: {
    id: string | number;
    number?: string | number | null;
    status?: string | null;
    currency?: string | null;
    /** In minor units: 19700 is 197.00. */
    subtotal?: number | null;
    /** In minor units: 19700 is 197.00. */
    discount_total?: number | null;
    /** In minor units: 19700 is 197.00. */
    shipping_total?: number | null;
    /** In minor units: 19700 is 197.00. */
    tax_total?: number | null;
    /** In minor units: 19700 is 197.00. */
    total?: number | null;
    discount_code?: string | null;
    payment_method?: string | null;
    customer?: {
      id?: string | number | null;
      email?: string | null;
      first_name?: string | null;
      last_name?: string | null;
    } | null;
    items?: Array<{
      id?: string | number | null;
      product_id?: string | number | null;
      variant_id?: string | number | null;
      title?: string | null;
      sku?: string | null;
      quantity?: number | null;
      /** In minor units: 19700 is 197.00. */
      unit_price?: number | null;
      /** In minor units: 19700 is 197.00. */
      total?: number | null;
    }> | null;
    shipping_address?: {
      name?: string | null;
      line1?: string | null;
      line2?: string | null;
      city?: string | null;
      region?: string | null;
      postcode?: string | null;
      country_code?: string | null;
    } | null;
    created_at?: string | null;
    paid_at?: string | null;
    completed_at?: string | null;
  };
  /** The payment of an order is complete. */
  order_completed: {
    id: string | number;
    number?: string | number | null;
    status?: string | null;
    currency?: string | null;
    /** In minor units: 19700 is 197.00. */
    subtotal?: number | null;
    /** In minor units: 19700 is 197.00. */
    discount_total?: number | null;
    /** In minor units: 19700 is 197.00. */
    shipping_total?: number | null;
    /** In minor units: 19700 is 197.00. */
    tax_total?: number | null;
    /** In minor units: 19700 is 197.00. */
    total?: number | null;
    discount_code?: string | null;
    payment_method?: string | null;
    customer?: {
      id?: string | number | null;
      email?: string | null;
      first_name?: string | null;
      last_name?: string | null;
    } | null;
    items?: Array<{
      id?: string | number | null;
      product_id?: string | number | null;
      variant_id?: string | number | null;
      title?: string | null;
      sku?: string | null;
      quantity?: number | null;
      /** In minor units: 19700 is 197.00. */
      unit_price?: number | null;
      /** In minor units: 19700 is 197.00. */
      total?: number | null;
    }> | null;
    shipping_address?: {
      name?: string | null;
      line1?: string | null;
      line2?: string | null;
      city?: string | null;
      region?: string | null;
      postcode?: string | null;
      country_code?: string | null;
    } | null;
    created_at?: string | null;
    paid_at?: string | null;
    completed_at?: string | null;
  };
  /** A product was added to the store. */
  product_created: {
    id: string | number;
    title?: string | null;
    description?: string | null;
    type?: string | null;
    url?: string | null;
    sku?: string | null;
    /** In minor units: 19700 is 197.00. */
    price?: number | null;
    currency?: string | null;
    quantity?: number | null;
    is_published?: boolean | null;
    category_ids?: Array<string | number> | null;
    variants?: Array<{
      id: string | number;
      title?: string | null;
      sku?: string | null;
      /** In minor units: 19700 is 197.00. */
      price?: number | null;
      quantity?: number | null;
    }> | null;
    created_at?: string | null;
    updated_at?: string | null;
    deleted_at?: string | null;
    sold_out_at?: string | null;
  };
  /** Details of a product were changed. */
  product_updated: {
    id: string | number;
    title?: string | null;
    description?: string | null;
    type?: string | null;
    url?: string | null;
    sku?: string | null;
    /** In minor units: 19700 is 197.00. */
    price?: number | null;
    currency?: string | null;
    quantity?: number | null;
    is_published?: boolean | null;
    category_ids?: Array<string | number> | null;
    variants?: Array<{
      id: string | number;
      title?: string | null;
      sku?: string | null;
      /** In minor units: 19700 is 197.00. */
      price?: number | null;
      quantity?: number | null;
    }> | null;
    created_at?: string | null;
    updated_at?: string | null;
    deleted_at?: string | null;
    sold_out_at?: string | null;
  };
  /** A product was removed from the store. */
  product_deleted: {
    id: string | number;
    title?: string | null;
    description?: string | null;
    type?: string | null;
    url?: string | null;
    sku?: string | null;
    /** In minor units: 19700 is 197.00. */
    price?: number | null;
    currency?: string | null;
    quantity?: number | null;
    is_published?: boolean | null;
    category_ids?: Array<string | number> | null;
    variants?: Array<{
      id: string | number;
      title?: string | null;
      sku?: string | null;
      /** In minor units: 19700 is 197.00. */
      price?: number | null;
      quantity?: number | null;
    }> | null;
    created_at?: string | null;
    updated_at?: string | null;
    deleted_at?: string | null;
    sold_out_at?: string | null;
  };
  /** The last piece of a product was sold. */
  product_soldout: {
    id: string | number;
    title?: string | null;
    description?: string | null;
    type?: string | null;
    url?: string | null;
    sku?: string | null;
    /** In minor units: 19700 is 197.00. */
    price?: number | null;
    currency?: string | null;
    quantity?: number | null;
    is_published?: boolean | null;
    category_ids?: Array<string | number> | null;
    variants?: Array<{
      id: string | number;
      title?: string | null;
      sku?: string | null;
      /** In minor units: 19700 is 197.00. */
      price?: number | null;
      quantity?: number | null;
    }> | null;
    created_at?: string | null;
    updated_at?: string | null;
    deleted_at?: string | null;
    sold_out_at?: string | null;
  };
  /** The last piece of one variant of a product was sold. */
  product_variant_soldout: {
    id: string | number;
    title?: string | null;
    sku?: string | null;
    /** In minor units: 19700 is 197.00. */
    price?: number | null;
    quantity?: number | null;
    product_id: string | number;
    product_title?: string | null;
    currency?: string | null;
    sold_out_at?: string | null;
  };
}

/** `data` of Posthaste's own events, by type. */
export interface OperationalData {
  /** One delivery to an endpoint has failed four times, and nothing has succeeded since. */
  'endpoint.failing': {
    /** The endpoint that this is about. */
    endpointId: string;
    /** The first failure since the last success. */
    since: string;
    deliveryId: string;
    eventId: string;
    /** The event's type. */
    event: string;
    /** Which attempt of the delivery it was. */
    attempt: number;
    responseStatus?: number;
    /** The class of the failure, as in the attempts of a delivery. */
    error: string;
  };
  /** A delivery to an endpoint that was failing has succeeded. */
  'endpoint.recovered': {
    /** The endpoint that this is about. */
    endpointId: string;
    /** The first failure since the last success. */
    since: string;
    deliveryId: string;
    eventId: string;
    /** The event's type. */
    event: string;
    /** Which attempt of the delivery it was. */
    attempt: number;
    responseStatus: number;
  };
  /** An endpoint was disabled; its deliveries are held until it is resumed. */
  'endpoint.disabled': {
    /** The endpoint that this is about. */
    endpointId: string;
    /** `failing`: for days. `gone`: it answered 410. */
    reason: 'failing' | 'gone';
    /** With `failing`: the first failure since the last success. */
    since?: string;
    /** With `failing`. */
    lastFailureAt?: string;
    /** With `gone`, as what follows. */
    deliveryId?: string;
    eventId?: string;
    /** The event's type. */
    event?: string;
    /** Which attempt of the delivery it was. */
    attempt?: number;
    responseStatus?: number;
    /** The class of the failure, as in the attempts of a delivery. */
    error?: string;
  };
  /** The last attempt of a delivery has failed; it can be sent again with resend. */
  'delivery.exhausted': {
    /** The endpoint that this is about. */
    endpointId: string;
    deliveryId: string;
    eventId: string;
    /** The event's type. */
    event: string;
    /** Which attempt of the delivery it was. */
    attempt: number;
    responseStatus?: number;
    /** The class of the failure, as in the attempts of a delivery. */
    error: string;
  };
}
