FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
RUN pip install --force-reinstall numpy==1.26.4
RUN pip install --ignore-installed blinker
RUN pip install --force-reinstall accelerate
RUN pip install --force-reinstall --no-deps sageattention
RUN pip install -I -r requirements-light.txt
RUN pip install --force-reinstall torch==2.8.0
