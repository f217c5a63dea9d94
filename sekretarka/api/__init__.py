"""REST for programs: who is calling, what they sent, one service call, the answer in an envelope."""
