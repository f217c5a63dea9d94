"""Our own webhook for AI services that adapt to us: Standard Webhooks with neutral events (api.md#webhooks)."""
