"""Methods on costs that come one by one."""
