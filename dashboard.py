"""What `streamlit run` opens. It finds the app by reading this file, so the last line keeps this form."""

import streamlit as st

from ops import web

app = st.App("pages/shared/main.py", lifespan=web.lifespan, routes=web.routes, middleware=web.middleware)
