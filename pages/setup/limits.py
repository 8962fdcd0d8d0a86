"""Set-up: What we will not do. For everybody, and for whoever asks them."""

import streamlit as st

from casework.limits import LIMITS
from pages.shared.access import EVERYBODY, require

person = require(*EVERYBODY)

st.title("What we will not do", anchor=False)
st.text("Crestwatch is built so that these hold. If one does not, it is a fault: tell whoever runs it here.")
for heading, text in LIMITS:
    st.subheader(heading, anchor=False)
    st.text(text)
