"""What strategies share: programmes, points and their goals, contact with customers, recruiting, stock."""
