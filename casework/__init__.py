"""What people do: cases, evidence and its export."""
