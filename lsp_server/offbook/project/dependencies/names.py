"""Which distributions provide an import, where the names differ; and what comes along with what."""

from __future__ import annotations

import sys

from offbook.project.dependencies.requirements import normalize

_OTHER_NAMES = """
AppKit pyobjc
Bio biopython
CHAID CHAID
Crypto pycryptodome pycrypto
Cryptodome pycryptodomex
Levenshtein python-levenshtein levenshtein
MySQLdb mysqlclient
OpenSSL pyopenssl
Orange orange3
PIL pillow
PyPDF2 pypdf2
SimpleITK simpleitk
absl absl-py
apiclient google-api-python-client
attr attrs
autosklearn auto-sklearn
bayes_opt bayesian-optimization
bs4 beautifulsoup4 bs4
bson pymongo bson
category_encoders category-encoders
chess chess python-chess
community python-louvain
cv2 opencv-python opencv-python-headless opencv-contrib-python opencv-contrib-python-headless opencv py-opencv
dateutil python-dateutil
decouple python-decouple
discord discord-py
dns dnspython
docx python-docx
dotenv python-dotenv
dwave dwave-ocean-sdk
fitz pymupdf
faiss faiss-cpu faiss-gpu faiss
fbprophet fbprophet prophet
flask_cors flask-cors
flask_sqlalchemy flask-sqlalchemy
git gitpython
github pygithub
googleapiclient google-api-python-client
grpc grpcio
haystack haystack-ai farm_haystack
ignite pytorch-ignite
igraph igraph python-igraph
imblearn imbalanced-learn
jose python-jose
jwt pyjwt
keras keras tensorflow
keras_cv keras-cv
kerastuner keras-tuner
keras_tuner keras-tuner
langchain_aws langchain-aws
langchain_community langchain-community
langchain_core langchain-core
langchain_openai langchain-openai
langchain_text_splitters langchain-text-splitters
lightning_fabric lightning
llama_index llama-index
magic python-magic
matplotlib matplotlib matplotlib-base
matplotlib_venn matplotlib-venn
mpl_toolkits matplotlib matplotlib-base basemap
mysql mysql-connector-python
nacl pynacl
newspaper newspaper3k newspaper4k
netCDF4 netcdf4
osgeo gdal
pandas_datareader pandas-datareader
pandas_ta pandas-ta
pandas_profiling pandas-profiling
pdfminer pdfminer-six pdfminer
pil pillow
plotly_express plotly-express plotly
pkg_resources setuptools
psycopg2 psycopg2 psycopg2-binary
pptx python-pptx
pyLDAvis pyldavis
pylab matplotlib matplotlib-base
pyspark pyspark databricks-connect
pywt pywavelets
pytorch_lightning pytorch-lightning lightning
rest_framework djangorestframework
ruamel ruamel-yaml
scikitplot scikit-plot
scikit_posthocs scikit-posthocs
sentence_transformers sentence-transformers
serial pyserial
shapefile pyshp
skimage scikit-image
sklearn scikit-learn sklearn scikit-learn-intelex
sklearn_pandas sklearn-pandas
skopt scikit-optimize
sksurv scikit-survival
slugify python-slugify
snowflake snowflake-connector-python snowflake-snowpark-python
socks pysocks
speech_recognition speechrecognition
surprise scikit-surprise surprise
tables tables pytables
telegram python-telegram-bot
tensorflow tensorflow tensorflow-cpu tensorflow-gpu tensorflow-macos tf-nightly tensorflow-intel
tensorflow_addons tensorflow-addons
tensorflow_datasets tensorflow-datasets
tensorflow_hub tensorflow-hub
tensorflow_probability tensorflow-probability
tensorflow_text tensorflow-text
tensorflow_transform tensorflow-transform
tf_agents tf-agents
tf_keras tf-keras
theano theano theano-pymc
torch torch pytorch pytorch-cpu pytorch-gpu
torch_geometric torch-geometric
umap umap-learn
usb pyusb
websocket websocket-client
wx wxpython
xgboost xgboost xgboost-cpu py-xgboost
yaml pyyaml
zmq pyzmq
"""

_SAME_NAME = """
accelerate aiohttp albumentations alembic allennlp altair anndata ansible anthropic anytree apscheduler arch arviz
asyncpg autogluon awswrangler bambi bcrypt bertopic bitsandbytes blosc bokeh boruta boto boto3 botocore bqplot
branca cachetools caffe cartopy catboost causalml cchardet celery certifi cffi cftime chardet charset_normalizer
chart_studio chromadb cleanlab clearml click cloudpickle cmdstanpy colorama colorcet comet_ml contextily
contractions cookiecutter corner coverage cryptography cudf cufflinks cuml cupy cvxopt cvxpy cycler cython dagster
dash dask dask_ml databricks datasets datashader deap deepchem deepspeed detectron2 diffusers dill distributed
django docker docplex dowhy duckdb dvc earthpy easyocr econml editdistance einops elasticsearch eli5 emcee emoji
empiricaldist ephem evaluate evidently explainerdashboard fastai fastapi fastparquet fasttext feather featuretools
filelock fiona fire flair flask flax folium fsspec ftfy fuzzywuzzy gensim geopandas geopy geoviews gevent ggplot
googlemaps googletrans gpflow gpytorch gradio graphviz great_expectations greenlet gspread gurobipy gym gymnasium
h2o h5py haversine hdbscan hmmlearn holidays holoviews html5lib httpx huggingface_hub hvplot hydra hyperopt
hypothesis ibis imagehash imageio imgaug implicit inflect intake interpret isodate itsdangerous jax jaxlib jieba
jinja2 joblib jsonschema kafka kagglehub keras_preprocessing kmodes kornia langchain langdetect lasagne lazypredict
librosa lifelines lifetimes lightfm lightgbm lightning lime llvmlite lxml mahotas markdown markovify markupsafe
matplotlib_inline mesa missingno mlflow mlxtend mne modin moviepy mpld3 mplfinance mpmath msgpack multiprocess mypy
nbformat neo4j networkx nevergrad nibabel nilearn nlpaug nltk numba numexpr numpy nxviz onnx onnxruntime openai
openpyxl optuna ortools osmnx paddle pandas pandasql pandera panel papermill param paramiko patsy peewee peft
pendulum pingouin plotly plotnine pmdarima polars pomegranate pooch portalocker prefect prettytable prince
prompt_toolkit prophet psutil py4j pyarrow pycaret pycountry pydantic pydeck pydicom pydot pydotplus pyecharts
pyemma pygame pygments pymc pymc3 pymongo pymysql pyod pyodbc pyomo pyparsing pypdf pyphen pyproj pyqtgraph pyro
pysal pyspark pystan pytesseract pytest pytest_mock pytrends pytz pyvis pyvista quandl quantecon quantstats rasterio
ray rdkit redis regex reportlab requests rich river rpy2 s3fs sacrebleu sagemaker salib scanpy scapy schedule
scikeras scipy scrapy seaborn selenium sentencepiece setfit shap shapely simpy six sktime slacker smart_open snorkel
snscrape sounddevice soundfile spacy spektral sqlalchemy sqlmodel squarify stable_baselines3 stanza starlette
statsforecast statsmodels stop_words streamlit stumpy sweetviz swifter sympy tabula tabulate tenacity tensorboard
tensorboardx tensorflowjs termcolor textblob tflearn thinc threadpoolctl tiktoken timm tokenizers toml toolz
torchaudio torchinfo torchmetrics torchsummary torchtext torchvision tornado tpot tqdm transformers trl tsfresh
tslearn tweepy typer tzlocal ujson unidecode urllib3 uvicorn vaex vega_datasets visdom vtk wandb werkzeug wikipedia
wordcloud xarray xlrd xlsxwriter xlwt wordninja xmltodict yellowbrick yfinance zarr
celldancer cohere faker flaml gdown geojson jsonlines langgraph neattext oauth2client optimum pdf2image pqdm praw
pycocotools pydrive pydub pyprind pytensor rioxarray seqeval tifffile tritonclient urlextract vaderSentiment wget
"""

_NAMESPACES = frozenset("google azure zope backports sphinxcontrib jaraco ruamel opencensus orangecontrib".split())
"""Packages that many distributions share."""

_PROVIDED = frozenset(
    "IPython ipykernel ipywidgets traitlets jupyter notebook jupyterlab nbformat nbconvert jupyter_client jupyter_core "
    "pip setuptools wheel pkg_resources __main__ __future__ kaggle_secrets dbutils js pyodide piplite micropip "
    "pyodide_js _typeshed".split()
)
"""What is there wherever a notebook runs, or what only a platform provides."""

_OLD_STANDARD = frozenset(
    "distutils imp asyncore asynchat smtpd formatter parser symbol binhex tomllib graphlib zoneinfo cgi cgitb pipes "
    "telnetlib crypt imghdr sndhdr aifc audioop chunk mailcap msilib nis nntplib ossaudiodev spwd sunau uu xdrlib "
    "lib2to3 cPickle cStringIO StringIO urllib2 urlparse ConfigParser Queue httplib Tkinter tkFileDialog HTMLParser "
    "commands sets exceptions __builtin__ Cookie cookielib md5 sha htmlentitydefs robotparser SocketServer xmlrpclib "
    "commctrl dummy_thread dummy_threading macpath annotationlib compression".split()
)
"""Modules of the standard library of some version of Python."""

_COMES_WITH = """
pandas numpy python-dateutil pytz six
scipy numpy
matplotlib numpy pillow cycler python-dateutil packaging pyparsing six
seaborn matplotlib pandas numpy pillow cycler
scikit-learn numpy scipy joblib threadpoolctl
statsmodels numpy scipy pandas patsy packaging
scikit-image numpy scipy pillow networkx imageio packaging
imbalanced-learn numpy scipy scikit-learn joblib
xgboost numpy scipy
lightgbm numpy scipy
catboost numpy scipy pandas matplotlib plotly graphviz six
tensorflow numpy keras six h5py requests packaging tensorboard absl-py
keras numpy h5py absl-py packaging
torch numpy jinja2 networkx sympy
pytorch numpy
torchvision torch numpy pillow
torchaudio torch
pytorch-lightning torch tqdm pyyaml packaging torchmetrics numpy
lightning torch tqdm pyyaml packaging torchmetrics pytorch-lightning numpy
transformers numpy requests tqdm pyyaml regex packaging huggingface-hub tokenizers
datasets numpy pandas pyarrow requests tqdm pyyaml packaging dill multiprocess huggingface-hub
spacy numpy requests tqdm pydantic jinja2 packaging thinc
nltk regex tqdm joblib click
langchain langchain-core langchain-text-splitters langchain-community pydantic requests
langchain-aws langchain-core boto3
langchain-community langchain langchain-core langchain-text-splitters requests
langchain-openai langchain-core openai tiktoken
langgraph langchain-core
gensim numpy scipy smart-open
librosa numpy scipy scikit-learn joblib numba soundfile
mlxtend numpy scipy pandas scikit-learn matplotlib joblib
shap numpy scipy scikit-learn pandas tqdm numba
pymc numpy scipy pandas arviz
pymc3 numpy scipy pandas arviz patsy theano
arviz numpy scipy pandas matplotlib xarray packaging
geopandas pandas numpy shapely pyproj packaging
xarray numpy pandas packaging
plotly packaging six
bokeh numpy pandas pillow jinja2 pyyaml tornado packaging
wordcloud numpy pillow matplotlib
pandas-profiling pandas numpy matplotlib seaborn
missingno numpy matplotlib scipy seaborn
yfinance pandas numpy requests beautifulsoup4
anaconda *
streamlit pandas numpy pillow requests altair
dash plotly flask
flask jinja2 werkzeug click
boto3 botocore
sagemaker boto3 numpy pandas
jupyter ipywidgets
umap-learn numpy scipy scikit-learn numba tqdm
optuna numpy tqdm sqlalchemy
empiricaldist numpy pandas matplotlib scipy
fastai torch torchvision numpy pandas matplotlib scipy scikit-learn pillow pyyaml requests spacy
"""

_BY_IMPORT: dict[str, tuple[str, ...]] = {
    **{word: (normalize(word),) for word in _SAME_NAME.split()},
    **{words[0]: tuple(map(normalize, words[1:])) for words in map(str.split, _OTHER_NAMES.strip().splitlines())},
}
_WITH: dict[str, frozenset[str]] = {
    words[0]: frozenset(words[1:]) for words in map(str.split, _COMES_WITH.strip().splitlines())
}


def is_given(module: str) -> bool:
    """Tell whether a top-level module is there without anybody's declaring it: Python's, Jupyter's, a platform's."""
    return module in sys.stdlib_module_names or module in _OLD_STANDARD or module in _PROVIDED or module in _NAMESPACES


def known_distributions(module: str) -> tuple[str, ...]:
    """Return the well-known distributions that provide a top-level module, the usual one first."""
    return _BY_IMPORT.get(module, ())


def comes_along(distribution: str, declared: frozenset[str]) -> bool:
    """Tell whether a well-known distribution is installed along with one of those that are declared."""
    reached: set[str] = set()
    waiting = list(declared)
    while waiting:
        found = _WITH.get(waiting.pop(), frozenset())
        if distribution in found or "*" in found:
            return True
        waiting += found - reached
        reached |= found
    return False
