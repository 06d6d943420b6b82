"""The nouns of the market: customers, firms, the day's board, books, log and the strategy contract."""
