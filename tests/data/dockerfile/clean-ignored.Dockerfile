# podlock ignore=PD304
FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
# This one is on purpose.
# podlock ignore=PD101, PD108
RUN pip install torch==2.6.0 --index-url https://download.pytorch.org/whl/cu124
RUN echo start && \
    # podlock ignore=PD103
    pip uninstall -y torchaudio
