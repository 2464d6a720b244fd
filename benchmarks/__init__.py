"""Where the README's figures come from; nothing here is deployed."""
