"""What a part of a market is: the contracts that strategies, processes, pricing policies and recommenders keep."""
