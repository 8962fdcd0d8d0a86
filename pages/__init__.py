"""What people see. Nothing but this file lies directly here: Streamlit would open it past the guard."""
