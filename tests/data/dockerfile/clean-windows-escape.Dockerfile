# escape=`
FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
RUN apt-get update && `
    # a comment in between

    apt-get install -y git && `
    pip install einops
