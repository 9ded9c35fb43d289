"""What a visitor of a shared server may do: its mode, its limits, whose run is whose, the names it answers to."""
