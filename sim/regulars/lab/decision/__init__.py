"""What an answer hangs on, what it would be worth to know more, and where its interval comes from."""
