"""What the libraries' functions and classes mean for rows of data: names only, nothing is imported."""

from __future__ import annotations

LIBRARIES = frozenset(
    "sklearn imblearn keras tensorflow xgboost lightgbm catboost statsmodels category_encoders tf_keras".split()
)
"""Libraries whose models are followed."""

DRAWING = frozenset({"plt", "sns", "ax", "fig", "axes"})
"""What plotting libraries and figures are called."""

LOADER_WORDS = ("read_", "load_", "fetch_", "loadtxt", "genfromtxt", "open_dataset")
MAKERS = frozenset(
    "make_classification make_regression make_blobs make_moons make_circles make_friedman1 make_swiss_roll".split()
)
FRAME_SUFFIXES = ("DataFrame", "Series", "Dataset", "Matrix")
NO_DATA = frozenset(
    "load_model load_workbook load_dotenv load_ext load_from_checkpoint load_weights read_file load_img "
    "load_json".split()
)
LOADERS = frozenset({"numpy.load", "scipy.io.loadmat", "h5py.File"})
BUNDLES = ("load ", "loadmat ", "File ")
"""How data sets are named that hold several arrays, by their keys."""
HUBS = frozenset({"load_dataset", "fetch_20newsgroups"})
"""Loaders whose data sets come with their split: by a key, or by an argument ``split`` or ``subset``."""
CHOOSING_ROWS = frozenset({"nrows", "skiprows", "skipfooter", "sheet_name", "sheetname", "key"})
"""Arguments of loaders that say which rows of a file, or which of its tables, are read."""
SHEETS = frozenset({"read_excel", "read_hdf"})
"""Loaders whose second argument names a table of the file."""
FOLDER_LOADERS = frozenset(
    {"image_dataset_from_directory", "audio_dataset_from_directory", "text_dataset_from_directory"}
)
"""Keras' loaders of folders, of which ``subset`` names a part."""
SPLIT_LOADERS = frozenset({"load_data"})
"""Keras' data sets: ``(x_train, y_train), (x_test, y_test)``."""

OVERSAMPLERS = frozenset(
    "SMOTE ADASYN RandomOverSampler BorderlineSMOTE KMeansSMOTE SVMSMOTE SMOTENC SMOTEN SMOTETomek SMOTEENN".split()
)
UNDERSAMPLERS = frozenset(
    "RandomUnderSampler NearMiss TomekLinks ClusterCentroids EditedNearestNeighbours AllKNN OneSidedSelection "
    "RepeatedEditedNearestNeighbours CondensedNearestNeighbour NeighbourhoodCleaningRule "
    "InstanceHardnessThreshold".split()
)
RESAMPLING_METHODS = frozenset({"fit_resample", "fit_sample", "sample"})

ROW_WISE = frozenset(
    "Binarizer Normalizer FunctionTransformer HashingVectorizer FeatureHasher PolynomialFeatures "
    "GaussianRandomProjection SparseRandomProjection".split()
)
"""Their fit learns nothing but how many columns there are: it may see any rows."""

LABEL_ENCODERS = frozenset({"LabelEncoder", "LabelBinarizer", "MultiLabelBinarizer"})

STATELESS = ROW_WISE | frozenset(
    "LabelEncoder OrdinalEncoder OneHotEncoder LabelBinarizer MultiLabelBinarizer DictVectorizer CategoricalEncoder "
    "TransactionEncoder MissingIndicator".split()
)
"""Their fit learns which values there are, and no statistics of them: no leakage to speak of."""

TRANSFORMERS = frozenset(
    "StandardScaler MinMaxScaler MaxAbsScaler RobustScaler QuantileTransformer PowerTransformer "
    "KBinsDiscretizer Imputer SimpleImputer KNNImputer IterativeImputer MissingIndicator CountVectorizer "
    "TfidfVectorizer TfidfTransformer PCA KernelPCA IncrementalPCA SparsePCA TruncatedSVD FastICA NMF "
    "FactorAnalysis LatentDirichletAllocation SelectKBest SelectPercentile SelectFromModel RFE RFECV "
    "VarianceThreshold SelectFdr SelectFpr GenericUnivariateSelect ColumnTransformer FeatureUnion "
    "SequentialFeatureSelector TargetEncoder MEstimateEncoder CatBoostEncoder LeaveOneOutEncoder WOEEncoder "
    "CountEncoder JamesSteinEncoder BorutaPy Isomap LocallyLinearEmbedding SplineTransformer "
    "TSNE UMAP Tokenizer TextVectorization Normalization "
    "Nystroem".split()
)
MODEL_SUFFIXES = (
    "Classifier", "Regressor", "Regression", "RegressionCV", "SVC", "SVR", "NB", "Ridge", "RidgeCV", "Lasso", "LassoCV",
    "ElasticNetCV", "Perceptron", "Analysis", "Sequential", "Model", "Booster", "OLS", "Logit", "GLM",
    "NearestCentroid", "LassoLars", "Lars", "SearchCV", "CalibratedClassifierCV", "ElasticNet", "LassoLarsCV",
    "LassoLarsIC", "OMP", "GAM", "ARIMA", "SARIMAX", "GradientBoosting", "RandomForest", "XGB", "LGBM",
)  # fmt: skip
CLUSTERERS = frozenset(
    "KMeans MiniBatchKMeans DBSCAN AgglomerativeClustering GaussianMixture MeanShift BayesianGaussianMixture Birch "
    "SpectralClustering AffinityPropagation OPTICS KernelDensity IsolationForest OneClassSVM EllipticEnvelope "
    "LocalOutlierFactor".split()
)
"""They group rows or tell outliers, without a truth to be judged by."""

FORMULA_MODELS = frozenset({"ols", "glm", "logit", "probit", "wls", "gls", "poisson", "mixedlm"})
"""Models of statsmodels that are given a formula, and all their rows at once."""

GENERATORS = frozenset({"ImageDataGenerator"})
PIPELINES = frozenset({"Pipeline", "make_pipeline", "make_column_transformer", "make_union"})
UNIONS = frozenset({"ColumnTransformer", "FeatureUnion"})
SPLITTERS = frozenset(
    "KFold StratifiedKFold GroupKFold ShuffleSplit StratifiedShuffleSplit GroupShuffleSplit TimeSeriesSplit "
    "LeaveOneOut LeavePOut RepeatedKFold RepeatedStratifiedKFold PredefinedSplit LeaveOneGroupOut "
    "StratifiedGroupKFold".split()
)

FITTING = frozenset({"fit", "partial_fit", "fit_generator", "train", "fit_on_texts", "adapt"})
NETWORKS = frozenset({"Sequential", "Model", "Functional"})
"""Models whose second fit goes on where the first one ended."""
ADAPTED = frozenset({"TextVectorization", "Normalization"})
"""Layers of keras that learn from data before the network does."""
LEARNED_BEFORE = frozenset({"vocabulary", "mean", "variance", "idf_weights"})
"""Their arguments that say what they would learn."""
TELLING = frozenset({"get_support", "get_vocabulary"})
"""Methods that tell what a transformer has learned."""
FITTING_AND_TRANSFORMING = frozenset({"fit_transform", "fit_predict"})
TRANSFORMING = frozenset(
    {"transform", "texts_to_sequences", "texts_to_matrix", "sequences_to_matrix", "inverse_transform"}
)
PREDICTING = frozenset(
    "predict predict_proba predict_classes predict_log_proba decision_function predict_generator predict_step "
    "predict_on_batch forecast".split()
)
SCORING = frozenset({"score", "evaluate", "evaluate_generator"})
WATCHING = frozenset({"validation_data", "eval_set", "valid_sets", "evals"})
"""Arguments that name rows on which a model is judged while it learns."""

CROSS_VALIDATING = frozenset(
    {"cross_val_score", "cross_validate", "cross_val_predict", "learning_curve", "validation_curve"}
)
OPTIMISING = frozenset(
    "optimize fmin minimize gp_minimize forest_minimize gbrt_minimize dummy_minimize BayesianOptimization".split()
)
"""What calls the function that it is given again and again, to find the best parameters."""
BOOSTERS = frozenset({"xgb", "xgboost", "lgb", "lgbm", "lightgbm", "catboost"})
SPLITTING = frozenset({"train_test_split", "train_test_split_data", "iterative_train_test_split"})

METRIC_WORDS = ("_score", "_error", "_report", "_matrix", "_loss", "_curve", "accuracy", "rmse", "rmsle", "auc", "r2")
METRICS = frozenset(
    "accuracy_score f1_score precision_score recall_score roc_auc_score log_loss r2_score mean_squared_error "
    "mean_absolute_error classification_report confusion_matrix roc_curve precision_recall_curve auc "
    "cohen_kappa_score matthews_corrcoef hamming_loss fbeta_score balanced_accuracy_score "
    "mean_squared_log_error explained_variance_score median_absolute_error jaccard_score "
    "average_precision_score precision_recall_fscore_support crosstab max_error zero_one_loss brier_score_loss "
    "root_mean_squared_error mean_absolute_percentage_error multilabel_confusion_matrix".split()
)
MODEL_METRICS = frozenset(
    "plot_confusion_matrix plot_roc_curve plot_precision_recall_curve from_estimator plot_det_curve".split()
)

PRODUCTS = frozenset({"dot", "inner", "vdot"})
"""Products of columns: of the truth and of predictions, they are a score that is made by hand."""

REDUCING = frozenset(
    "mean median std var min max mode quantile sum nanmean nanmedian nanstd nansum percentile average skew corr idxmax "
    "nanpercentile nanquantile ptp cov".split()
)
"""Methods and numpy functions that turn rows into numbers."""

SLIDING = frozenset({"rolling", "expanding", "ewm", "resample"})
"""Methods whose statistics are those of neighbouring rows: one for each row, or for each month."""

AGGREGATES_AS_ROWS = frozenset({"reset_index", "to_frame"})
"""Methods that make a frame of statistics: a data set of its own."""
OF_FRAMES = REDUCING | {"fillna", "dropna", "groupby", "get_dummies", "iterrows"}
"""Methods that only frames and arrays have."""

COUNTING = frozenset({"value_counts", "describe"})
COLUMNS_ONE_BY_ONE = frozenset({"items", "iteritems"})
"""Methods of frames, and of what tells about their columns, that give each column's name with something."""
NULL_MASKS = frozenset({"isnull", "isna", "notnull", "notna"})
MASKING = frozenset("between contains startswith endswith match fullmatch duplicated".split())
"""Methods that tell of each row whether something holds."""
LOOKING = frozenset({"corrwith", "nunique", "unique", "info", "plot", "hist", "boxplot", "count", "tail_"})
"""Methods that show something, or tell which values there are."""

PER_ROW_OF_GROUP = frozenset(
    "sample nth transform apply cumsum cumcount cummax cummin shift rank ffill bfill fillna head tail groupby ngroup "
    "rolling expanding ewm resample plot rename reset_index unstack to_frame".split()
)
"""Methods of grouped data that give the rows again, not one row for each group."""

ROW_CHOOSING = frozenset({"sample", "take", "skip", "head", "tail", "drop", "query", "xs"})
PUTTING = frozenset(
    "fillna replace map merge join where mask sub div add mul subtract divide multiply truediv true_divide clip assign "
    "combine_first insert isclose update nan_to_num".split()
)
"""Calls that put the statistics that they are given into the data."""

PLAIN = frozenset(
    "np numpy pd pandas plt sns matplotlib seaborn plotly print zip list int float str len pprint display scipy range "
    "go px ax pickle joblib json os math round abs sorted set tuple tf torch K keras tensorflow DataFrame".split()
)
"""Roots of functions that do not judge predictions, whatever they are given."""

STATISTICAL_FUNCTIONS = frozenset(
    "scale minmax_scale robust_scale maxabs_scale quantile_transform power_transform zscore boxcox qcut".split()
)
"""Functions that learn from all rows that they are given, and change each of them."""

SCORING_COLUMNS = frozenset(
    "mutual_info_classif mutual_info_regression f_classif f_regression chi2 permutation_importance".split()
)
"""Functions that tell what each column is worth."""

WINDOWING = frozenset({"timeseries_dataset_from_array", "TimeseriesGenerator"})
ROUNDING = frozenset(
    "int round math.floor math.ceil numpy.floor numpy.ceil numpy.round numpy.rint np.ceil np.floor".split()
)
LEAVING_OUT = frozenset({"setdiff1d", "delete"})
DRAWING_NUMBERS = frozenset({"choice", "choices", "randint"})
COPYING_FUNCTIONS = frozenset({"repeat", "tile"})
MIRRORING = frozenset({"flip", "fliplr", "flipud", "rot90"})
"""Functions that make other pictures of the same rows: put below them, they are copies."""

ALTERING = frozenset({"roll", "time_stretch", "pitch_shift", "warpAffine"})
"""Functions that make another sound or picture of one: it is no mirror image, but a copy, too."""
SIGNALS = ("scipy.", "signal.", "sps.", "librosa.", "resampy.")
"""Libraries whose ``resample`` makes another rate of one sound."""
READING_ONE = frozenset(
    "librosa.load librosa.core.load cv2.imread matplotlib.pyplot.imread plt.imread skimage.io.imread io.imread "
    "imageio.imread PIL.Image.open Image.open soundfile.read sf.read scipy.io.wavfile.read wavfile.read".split()
)
"""Functions that read one sound or picture, of which a loop reads many."""

JOINING = frozenset({"concat", "concatenate", "vstack", "append", "row_stack", "r_"})
"""Rows below rows."""


def kind_of(name: str, path: str) -> str | None:
    """Return the kind of estimator that a class of this name is; ``None`` for other callables."""
    if name in GENERATORS:
        return "generator"
    if name in FORMULA_MODELS and path.startswith("statsmodels."):
        return "model"
    if name in STATELESS:
        return "stateless"
    if name in TRANSFORMERS:
        return "transformer"
    if name in OVERSAMPLERS:
        return "oversampler"
    if name in UNDERSAMPLERS:
        return "undersampler"
    if name in SPLITTERS:
        return "splitter"
    if name in CLUSTERERS:
        return "clusterer"
    if name[:1].isupper() and name.endswith(MODEL_SUFFIXES):
        return "model"
    if path.startswith("sklearn.") and name[:1].isupper() and path.split(".")[1] in ("preprocessing", "decomposition"):
        return "transformer"
    return None
