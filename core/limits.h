/*
 * Every limit of podlock, by name.
 *
 * A limit turns hostile or absurd input into a clear error instead of a long
 * wait or an exhausted machine. Units stand in the name or the comment. None
 * of them is reached by the largest real input known when it was chosen.
 */
#ifndef PODLOCK_CORE_LIMITS_H
#define PODLOCK_CORE_LIMITS_H

/* User files: requirements, pyproject.toml, templates, rules, locks. */
#define PL_MAX_USER_FILE_BYTES (16u << 20)
#define PL_MAX_INCLUDE_DEPTH 16   /* -r and -c inside one another */
#define PL_MAX_INCLUDE_FILES 1000 /* files one command reads through them */
#define PL_MAX_GROUP_DEPTH 32     /* PEP 735 include-group chains */
#define PL_MAX_TEMPLATE_PACKAGES 20000
#define PL_MAX_ABI_RULES 10000
#define PL_MAX_LINE_BYTES (1u << 20)  /* requirements line, joined */
#define PL_MAX_REQUIREMENTS 20000     /* of all input files */
#define PL_MAX_EXTRA_EXPANSIONS 10000 /* extras that ask for extras */
#define PL_MAX_LOCK_PACKAGES 10000    /* entries of one lock */
#define PL_MAX_LOCK_FILES 2000        /* wheels of one of them */
#define PL_MAX_LOCK_SIZE (64ll << 40) /* bytes that one file may state */
#define PL_MAX_LOCK_FACTS 20000       /* inputs, provided, replaced */
#define PL_MAX_LOCK_ARGUMENTS 5000    /* words of the command that made it */
#define PL_MAX_LOCK_WARNINGS 10       /* kept of one lock; others counted */
#define PL_MAX_TREE_DEPTH 64          /* levels that `podlock tree` shows */
#define PL_MAX_TREE_LINES 50000
#define PL_MAX_DIFF_LINES 64      /* that ask for one package, compared */
#define PL_MAX_CONFIG_LOCKS 100   /* [lock.NAME] of one podlock.toml */
#define PL_MAX_LOCK_NAME_BYTES 64 /* NAME */
#define PL_MAX_FOLDERS_UP 64      /* while looking for podlock.toml */

/* Bodies that come from an index, decoded. */
#define PL_MAX_PAGE_BYTES (64u << 20)
#define PL_MAX_METADATA_BYTES (16u << 20)
#define PL_MAX_SDIST_BYTES (256u << 20) /* read while searching PKG-INFO */
#define PL_MAX_SDIST_MEMBERS 200000     /* headers looked at in one sdist */
#define PL_MAX_FILES_PER_PAGE 200000
#define PL_MAX_REQUIRES_PER_VERSION 10000
#define PL_MAX_SECTION_MARKER_BYTES (2u << 20) /* of requires.txt, repeated */
#define PL_MAX_URL_BYTES 16384
#define PL_MAX_FILE_NAME_BYTES 1024
#define PL_MAX_LISTED_NAMES 2000000 /* of projects, on one index */
#define PL_MAX_HTML_DEPTH 256       /* elements open inside one another */
#define PL_MAX_HTML_TAG_BYTES 65536
#define PL_MAX_HTML_ATTRIBUTES 128 /* of one element */

/* The network. Waits in milliseconds unless the name says more. */
#define PL_FETCH_CONNECT_MS 5000
#define PL_FETCH_SILENCE_MS 10000       /* without a byte */
#define PL_FETCH_CRAWL_BYTES_PER_S 1000 /* below this for ... */
#define PL_FETCH_CRAWL_SECONDS 20
#define PL_FETCH_RESOURCE_MS 30000 /* with retries, unless bytes flow */
#define PL_FETCH_RUN_SECONDS 1800
#define PL_FETCH_RETRIES 3
#define PL_FETCH_RETRY_AFTER_MAX_S 20
#define PL_FETCH_BACKOFF_MS 250 /* before the first retry; then twice that */
#define PL_FETCH_REDIRECTS 10
#define PL_FETCH_HEADER_BYTES (256u << 10) /* all headers of one answer */
#define PL_FETCH_HEADER_LINES 1000
/* Handed to libcurl at once; what one HTTP/2 connection usually carries. */
#define PL_FETCH_ACTIVE 100
#define PL_FETCH_CONNECTIONS 32
#define PL_FETCH_CONNECTIONS_PER_HOST 16
#define PL_MAX_WHEEL_BYTES (8ull << 30) /* read whole, when ranges fail */
#define PL_MAX_WHEEL_DIRECTORY_BYTES (64u << 20)
#define PL_MAX_WHEEL_MEMBERS 500000
#define PL_WHEEL_TAIL_BYTES (16u << 10) /* asked for first */
#define PL_MAX_NETRC_BYTES (1u << 20)
#define PL_MAX_DOWNLOAD_NAME 240 /* bytes; ".NAME.part" is a file name too */
#define PL_MAX_DOWNLOAD_GOES 50  /* at one file that is cut again and again */
#define PL_DOWNLOAD_ACTIVE 8     /* files at once */
#define PL_DOWNLOAD_RUN_SECONDS (24 * 3600)

/* The cache. */
#define PL_MAX_CACHE_ENTRY_BYTES (256u << 20)
#define PL_CACHE_CLAIM_SECONDS 5     /* a claim that does not move is dead */
#define PL_CACHE_DEFAULT_FRESH_S 600 /* when the server does not say */

/* Text that pep/ parses. */
#define PL_MAX_NAME_BYTES 200
#define PL_MAX_VERSION_BYTES 300
#define PL_MAX_VERSION_SEGMENTS (PL_MAX_VERSION_BYTES / 2 + 1)
#define PL_MAX_ENV_NUMBER 999 /* of the target's Python and glibc versions */
#define PL_MAX_SPECIFIER_BYTES 16384
#define PL_MAX_REQUIREMENT_BYTES 65536
#define PL_MAX_MARKER_DEPTH 64
#define PL_MAX_WHEEL_NAME_BYTES 1024
#define PL_MAX_TAG_PARTS 64 /* in one compressed set of a file name */
#define PL_MAX_EXTRAS 256

/* Containers. */
#define PL_MAX_TREE_LINKS 40              /* followed for one path */
#define PL_MAX_TREE_STEPS 4096            /* folders passed for one path */
#define PL_MAX_TREE_ENTRIES 200000        /* of one folder */
#define PL_MAX_INSTALLED 20000            /* distributions of one folder */
#define PL_MAX_INSTALLED_BYTES (1u << 20) /* of one's metadata, read */
#define PL_MAX_INSTALLED_READ_BYTES (512u << 20)   /* of one folder's */
#define PL_MAX_INSTALLED_REQUIRE_BYTES (64u << 20) /* kept of them */
#define PL_MAX_RECORD_BYTES (64u << 20)
#define PL_MAX_RECORD_ROWS 500000
#define PL_MAX_RECORD_HASHED_BYTES (64ull << 30) /* of one distribution */
#define PL_MAX_RECORD_FINDINGS 100               /* told of one distribution */
#define PL_MAX_PYTHONS 64                        /* told of, in one container */
#define PL_MAX_PREFIXES 2000                     /* looked at for one */
#define PL_MAX_TROUBLES 100                      /* told of one container */
#define PL_MAX_CONTAINER_INSTALLED 200000
#define PL_MAX_SITE_FOLDERS 64        /* of one Python */
#define PL_MAX_PTH_FILES 200          /* of one folder */
#define PL_MAX_SMALL_FILE_BYTES 65536 /* pyvenv.cfg, os-release, .pth ... */
#define PL_MAX_PIP_CONF_BYTES (1u << 20)
#define PL_MAX_LIBC_BYTES (8u << 20)
#define PL_MAX_DPKG_BYTES (64u << 20)
#define PL_MAX_FINDINGS 10000
#define PL_MAX_TORCH_STEPS 2000 /* packages and extras that torch requires */

/* Image archives: of all layers of one, together. */
#define PL_MAX_IMAGE_BYTES (256ull << 30) /* unpacked, skipped ones too */
#define PL_MAX_IMAGE_MEMBERS 4000000      /* headers looked at */
#define PL_MAX_IMAGE_NODES 2000000        /* paths, folders above them too */
#define PL_MAX_IMAGE_STEPS 100000000      /* names looked up to merge them */
#define PL_MAX_IMAGE_KEPT_BYTES (512u << 20)
#define PL_MAX_IMAGE_TEXT_BYTES (8u << 20) /* one manifest or configuration */
#define PL_MAX_IMAGE_LAYERS 1000           /* of one image */
#define PL_MAX_IMAGE_CHOICES 1000          /* images in one archive */
#define PL_MAX_IMAGE_INDEX_DEPTH 4
#define PL_MAX_IMAGE_SETTINGS 10000 /* variables; labels */

/* Dockerfiles. */
#define PL_MAX_DOCKER_INSTRUCTIONS 10000
#define PL_MAX_DOCKER_HEREDOCS 64           /* of one instruction */
#define PL_MAX_DOCKER_VALUE_BYTES 65536     /* of a variable, expanded */
#define PL_MAX_DOCKER_EXPAND_DEPTH 16       /* ${A:-${B:-${C}}} */
#define PL_MAX_DOCKER_WORK_BYTES (8u << 20) /* put in for variables, in all */
#define PL_MAX_DOCKER_COPIES 1000           /* whose names are kept */
#define PL_MAX_DOCKER_FILES 100        /* of requirements, read for one file */
#define PL_MAX_DOCKER_ENVIRONMENTS 100 /* made in one file */
#define PL_MAX_DOCKER_FINDINGS 500     /* told of one file */
#define PL_MAX_DOCKER_INDEXES 16       /* variants of torch's, asked for one */
#define PL_MAX_DOCKER_QUESTIONS 500    /* to an index, for one file */
#define PL_MAX_SHELL_COMMANDS 100000   /* of one file */
#define PL_MAX_SHELL_DEPTH 16          /* bash -c "bash -c ..." */

/* Structures. */
#define PL_MAX_JSON_DEPTH 64
#define PL_MAX_TOML_DEPTH 64
#define PL_MAX_TOML_TABLES 50000 /* steps of headers and dotted keys */
#define PL_MAX_TOML_VALUES 1000000
#define PL_MAX_PATH_BYTES 4096
#define PL_MAX_DIFF_INPUTS 50            /* of a lock, read to explain a diff */
#define PL_GIT_SECONDS 60                /* for one file of a revision */
#define PL_MAX_MESSAGE_BYTES 65536       /* one rendered error */
#define PL_MAX_SHOWN_LINE_BYTES 400      /* of the line that an error shows */
#define PL_MAX_SHOWN_SENTENCE_BYTES 2000 /* of each one that it says */
#define PL_MAX_SECRET_BYTES 2048         /* of a password, odd as it is */
#define PL_MAX_OUTPUT_BYTES (256u << 20) /* one written lock or listing */

/* The search. */
#define PL_MAX_CPU_SECONDS 300 /* of one run, unless `ulimit -t` says more */
#define PL_MAX_ROUNDS 10000
#define PL_MAX_TRAIL_BYTES (1u << 20)
#define PL_MAX_CONFLICTS 8  /* told of one "no" */
#define PL_REPAIR_SECONDS 2 /* for conflicts of one "no", then for repairs */
#define PL_MAX_REPAIR_SECONDS 3600
#define PL_MAX_REPAIR_QUESTIONS 1000 /* that one "no" suggests */
#define PL_MAX_REPAIR_TEMPLATES 3    /* told of one "no" */
#define PL_MAX_REPAIR_TEMPLATES_TRIED 12
#define PL_MAX_REPAIR_TOGETHER 4 /* changes that are one repair */
#define PL_MAX_REPAIR_CLAUSES 8  /* of a line that is widened by clause */
#define PL_MAX_SOLVABLES 2000000
#define PL_MAX_WHY_READ 64     /* versions that `why` reads besides */
#define PL_MAX_WHY_QUESTIONS 8 /* that `why` asks the search besides */
#define PL_MAX_WHY_SECONDS 10  /* for all of these */
#define PL_MAX_NUMBER_MINIMAL                                                  \
    12 /* replaced packages proved least in number                             \
        */

#endif
