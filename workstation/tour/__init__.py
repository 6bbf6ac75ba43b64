"""The guided tour: the real windows driven through the whole journey."""
