FROM nvidia/cuda
FROM ubuntu:latest
RUN apt-get update && apt-get install -y python3-pip && pip install torch
