#include "cli/resolve_options.h"

#include "cli/values.h"
#include "pep/name.h"

#define OPT(member) offsetof(struct pl_resolve_options, member)

#define FLAG(long_name, member, text)                                          \
    {                                                                          \
        .name = (long_name), .kind = PL_OPTION_FLAG, .offset = OPT(member),    \
        .help = (text)                                                         \
    }
#define VALUE(long_name, member, placeholder, text)                            \
    {                                                                          \
        .name = (long_name), .kind = PL_OPTION_VALUE, .offset = OPT(member),   \
        .value = (placeholder), .help = (text)                                 \
    }
#define LIST(long_name, member, placeholder, text)                             \
    {                                                                          \
        .name = (long_name), .kind = PL_OPTION_LIST, .offset = OPT(member),    \
        .value = (placeholder), .help = (text)                                 \
    }
#define CHOICE(long_name, member, choices, text)                               \
    {                                                                          \
        .name = (long_name), .kind = PL_OPTION_CHOICE, .offset = OPT(member),  \
        .value = (choices), .help = (text)                                     \
    }
#define SAME(long_name, other, text)                                           \
    {                                                                          \
        .name = (long_name), .kind = PL_OPTION_SAME, .value = (other),         \
        .help = (text)                                                         \
    }
#define LATER(long_name, short_name, text)                                     \
    {                                                                          \
        .name = (long_name), .letter = (short_name), .kind = PL_OPTION_LATER,  \
        .help = (text)                                                         \
    }

const struct pl_option pl_resolve_option_table[PL_RESOLVE_OPTION_COUNT] = {
    {.name = "template",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(template_wanted),
     .value = "ID|FILE|IMAGE|auto|none",
     .group = "For which container",
     .help = "what is preinstalled; auto: as here, none: a bare Python"},
    VALUE("python-version", python_version, "3.N",
          "the Python of --template none"),
    VALUE("python-platform", python_platform, "PLATFORM",
          "the platform of --template none, such as x86_64-manylinux_2_28"),
    {.name = "torch-backend",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(torch_backend),
     .value = "cuNNN|cpu",
     .foreign = "UV_TORCH_BACKEND",
     .help = "the torch index's variant, where the template names none"},

    {.name = "constraint",
     .letter = 'c',
     .kind = PL_OPTION_LIST,
     .offset = OPT(constraints),
     .value = "FILE",
     .foreign = "PIP_CONSTRAINT UV_CONSTRAINT",
     .group = "What to lock",
     .help = "bound the versions of what gets locked"},
    LIST("override", overrides, "FILE",
         "put these requirements in the place of every other of their names"),
    LIST("exclude", excludes, "NAME", "leave this package out everywhere"),
    LIST("extra", extras, "NAME", "of pyproject.toml: this extra too"),
    FLAG("all-extras", all_extras, "of pyproject.toml: every extra"),
    LIST("group", groups, "NAME", "of pyproject.toml: this dependency group"),
    FLAG("no-deps", no_deps, "only what the files name, nothing they need"),

    {.name = "resolution",
     .kind = PL_OPTION_CHOICE,
     .offset = OPT(resolution),
     .value = "highest|lowest|lowest-direct",
     .group = "Which versions",
     .help = "prefer the newest, the oldest, or the oldest of what is named"},
    CHOICE("prerelease", prerelease,
           "if-necessary-or-explicit|if-necessary|explicit|allow|disallow",
           "when a pre-release may be taken"),
    {.name = "pre",
     .kind = PL_OPTION_ALIAS,
     .value = "prerelease=allow",
     .help = "the same as --prerelease allow"},
    VALUE("exclude-newer", exclude_newer, "DATE|DURATION",
          "leave out files uploaded after, say, 2025-10-17, or within the last "
          "30 days"),
    LIST("only-binary", only_binary,
         "NAME|:all:", "no source distributions of these packages"),
    LIST("no-binary", no_binary, "NAME|:all:", "no wheels of these packages"),
    VALUE("max-download", max_download, "SIZE",
          "the answer is no when the wheels exceed, say, 2GB"),

    {.name = "replace",
     .kind = PL_OPTION_CHOICE,
     .offset = OPT(replace),
     .value = "if-needed|freely|never",
     .group = "What is preinstalled",
     .help = "when a preinstalled package may be replaced"},
    LIST("allow-replace", allow_replace, "NAME|all",
         "let a protected package be replaced"),
    LIST("allow-break", allow_break, "NAME",
         "let the requirements of a kept package fail"),

    {.name = "ignore-rule",
     .kind = PL_OPTION_LIST,
     .offset = OPT(ignore_rules),
     .value = "ID|all",
     .group = "Rules",
     .help = "lift a rule; `podlock rules` lists them"},
    VALUE("rules", rules_dir, "DIR", "add the rules of DIR's *.toml files"),

    {.name = "index-url",
     .letter = 'i',
     .kind = PL_OPTION_VALUE,
     .offset = OPT(index_url),
     .value = "URL",
     .foreign = "PIP_INDEX_URL UV_DEFAULT_INDEX UV_INDEX_URL",
     .group = "Index",
     .help = "the default index, in place of https://pypi.org/simple/"},
    SAME("default-index", "index-url", "the same as --index-url"),
    {.name = "extra-index-url",
     .kind = PL_OPTION_LIST,
     .offset = OPT(extra_index_urls),
     .value = "[NAME=]URL",
     .foreign = "PIP_EXTRA_INDEX_URL UV_INDEX UV_EXTRA_INDEX_URL",
     .help = "an index that is asked before the default one"},
    SAME("index", "extra-index-url", "the same as --extra-index-url"),
    VALUE("torch-index-url", torch_index_url, "URL",
          "where torch's wheels are, in place of "
          "https://download.pytorch.org/whl/"),
    {.name = "find-links",
     .letter = 'f',
     .kind = PL_OPTION_LIST,
     .offset = OPT(find_links),
     .value = "DIR|URL",
     .foreign = "PIP_FIND_LINKS",
     .help = "files in this folder, or that this page links to, too"},
    {.name = "no-index",
     .kind = PL_OPTION_FLAG,
     .offset = OPT(no_index),
     .foreign = "PIP_NO_INDEX UV_NO_INDEX",
     .help = "ask no index: --find-links alone"},
    {.name = "index-strategy",
     .kind = PL_OPTION_CHOICE,
     .offset = OPT(index_strategy),
     .value = "first-index|unsafe-first-match|unsafe-best-match",
     .foreign = "UV_INDEX_STRATEGY",
     .help = "which index counts when several have a name"},
    VALUE("index-root", index_root, "DIR|URL",
          "a recorded index, or one with its layout, in place of both "
          "built-in indexes"),

    {.name = "offline",
     .kind = PL_OPTION_FLAG,
     .offset = OPT(offline),
     .foreign = "UV_OFFLINE",
     .group = "Network and cache",
     .help = "ask no network: the cache alone, however old"},
    {.name = "cert",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(cert),
     .value = "FILE",
     .foreign = "PIP_CERT SSL_CERT_FILE",
     .help = "certificates of the authorities to trust, as PEM"},
    {.name = "allow-insecure-host",
     .kind = PL_OPTION_LIST,
     .offset = OPT(insecure_hosts),
     .value = "HOST[:PORT]",
     .foreign = "PIP_TRUSTED_HOST UV_INSECURE_HOST",
     .help = "let this host answer without TLS, or with a certificate that "
             "nobody vouches for"},
    SAME("trusted-host", "allow-insecure-host",
         "the same as --allow-insecure-host"),
    VALUE("cache-dir", cache_dir, "DIR",
          "where pages and metadata are kept, in place of ~/.cache/podlock"),
    {.name = "no-cache",
     .letter = 'n',
     .kind = PL_OPTION_FLAG,
     .offset = OPT(no_cache),
     .help = "neither read nor write the cache"},
    FLAG("refresh", refresh, "ask the indexes again, however fresh the cache"),
    LIST("refresh-package", refresh_packages, "NAME",
         "ask the indexes again about this package"),

    {.name = "config",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(config),
     .value = "FILE",
     .group = "podlock.toml",
     .help = "what says how to lock; else podlock.toml or [tool.podlock] of "
             "pyproject.toml is looked for"},
    FLAG("no-config", no_config, "read no such file"),
    VALUE("lock", lock, "NAME", "of its locks this one alone"),

    {.name = "upgrade",
     .letter = 'U',
     .kind = PL_OPTION_FLAG,
     .offset = OPT(upgrade),
     .group = "What is locked already",
     .help = "keep no version of the file that is written; else each is kept "
             "where it can be"},
    {.name = "upgrade-package",
     .letter = 'P',
     .kind = PL_OPTION_LIST,
     .offset = OPT(upgrade_packages),
     .value = "NAME[==V]",
     .help = "do not keep this package's version; with V, take that one"},

    {.name = "output-file",
     .letter = 'o',
     .kind = PL_OPTION_VALUE,
     .offset = OPT(output_file),
     .value = "FILE",
     .group = "Output",
     .help = "write there, such as pylock.toml; - is standard output"},
    CHOICE("format", format,
           "auto|pylock.toml|requirements.txt|constraints.txt|json",
           "what to write; auto goes by the output's name"),
    {.name = "json",
     .kind = PL_OPTION_ALIAS,
     .value = "format=json",
     .help = "the same as --format json"},
    CHOICE("annotation-style", annotation_style, "split|line",
           "how `# via` stands in requirements.txt"),
    FLAG("no-annotate", no_annotate, "say nothing about who asked"),
    FLAG("no-header", no_header, "leave out the comment at the top"),
    FLAG("dry-run", dry_run, "write no file"),
    FLAG("check", check,
         "write no file; the answer is no when the output file would change"),
    FLAG("no-progress", no_progress, "show no progress on a terminal"),
    FLAG("no-repairs", no_repairs,
         "when the answer is no, do not look for changes that help"),
    VALUE("repair-time", repair_time, "SECONDS",
          "look for them at most this long; 2 when it is left out"),

    {.name = "dump",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(dump_dir),
     .value = "DIR",
     .group = "To find defects",
     .help = "write the whole problem as text, for `podlock replay`"},
    VALUE("window", window, "N",
          "versions of a name to load at once, 0 for all; changes the time "
          "a search takes, never its answer"),

    LATER("require-hashes", 0, "every file of a lock has its hash already"),
};

/* ---- the policy ---- */

static bool read_name(struct pl_arena *arena, const char *option,
                      struct pl_str *name, struct pl_error *err)
{
    if (!pl_name_valid(*name))
        return pl_error_plain(err, PL_ERR_USAGE,
                              "`--%s` takes a package's name, not `%.*s`",
                              option, PL_STR_ARG(*name));
    *name = pl_name_normalize(arena, *name);
    return true;
}

static bool read_allow_replace(struct pl_arena *arena,
                               const struct pl_strs *names,
                               struct pl_policy *policy, struct pl_error *err)
{
    for (size_t i = 0; i < names->len; i++) {
        struct pl_str name = names->at[i];
        if (pl_str_is(name, "all")) {
            policy->allow_replace_all = true;
            continue;
        }
        if (!read_name(arena, "allow-replace", &name, err))
            return false;
        pl_vec_push(arena, &policy->allow_replace, name);
    }
    return true;
}

static bool read_names(struct pl_arena *arena,
                       const struct pl_resolve_options *options,
                       struct pl_policy *policy, struct pl_error *err)
{
    for (size_t i = 0; i < options->allow_break.len; i++) {
        struct pl_str name = options->allow_break.at[i];
        if (!read_name(arena, "allow-break", &name, err))
            return false;
        pl_vec_push(arena, &policy->allow_break, name);
    }
    for (size_t i = 0; i < options->excludes.len; i++) {
        struct pl_str name = options->excludes.at[i];
        if (!read_name(arena, "exclude", &name, err))
            return false;
        pl_vec_push(arena, &policy->exclude, name);
    }
    return read_allow_replace(arena, &options->allow_replace, policy, err);
}

static bool read_control(struct pl_arena *arena, const struct pl_strs *lists,
                         struct pl_format_control *control,
                         struct pl_error *err)
{
    for (size_t i = 0; i < lists->len; i++)
        if (!pl_format_control_add(arena, control, lists->at[i], err))
            return false;
    return true;
}

static bool read_window(struct pl_str text, uint32_t *window,
                        struct pl_error *err)
{
    uint64_t n = PL_DEFAULT_WINDOW;
    if (text.len && (!pl_str_to_u64(text, &n) || n > UINT32_MAX))
        return pl_error_plain(err, PL_ERR_USAGE,
                              "`--window` takes a number, not `%.*s`",
                              PL_STR_ARG(text));
    *window = (uint32_t)n;
    return true;
}

bool pl_resolve_policy(struct pl_arena *arena,
                       const struct pl_resolve_options *options, time_t now,
                       struct pl_policy *policy, uint64_t *max_download,
                       struct pl_error *err)
{
    struct pl_policy made = {
        .prerelease = (enum pl_prerelease_mode)options->prerelease,
        .resolution = (enum pl_resolution)options->resolution,
        .replace = (enum pl_replace_mode)options->replace,
        .no_deps = options->no_deps,
    };
    uint64_t most = UINT64_MAX;
    if (options->exclude_newer.len &&
        !pl_moment_parse(arena, options->exclude_newer, "`--exclude-newer`",
                         now, &made.exclude_newer, err))
        return false;
    if (options->max_download.len &&
        !pl_size_parse(options->max_download, "`--max-download`", &most, err))
        return false;
    if (!read_control(arena, &options->no_binary, &made.no_binary, err) ||
        !read_control(arena, &options->only_binary, &made.only_binary, err) ||
        !read_names(arena, options, &made, err) ||
        !read_window(options->window, &made.window, err))
        return false;
    *policy = made;
    *max_download = most;
    return true;
}

/* ---- the format ---- */

bool pl_resolve_format(const struct pl_resolve_options *options,
                       enum pl_output_format *out, struct pl_error *err)
{
    static const struct {
        const char *suffix;
        enum pl_output_format format;
    } by_name[] = {
        {".toml", PL_OUTPUT_PYLOCK},
        {".txt", PL_OUTPUT_REQUIREMENTS},
        {".json", PL_OUTPUT_JSON},
    };
    struct pl_str name = options->output_file;
    *out = (enum pl_output_format)options->format;
    if (*out == PL_OUTPUT_AUTO && (!name.len || pl_str_is(name, "-")))
        *out = PL_OUTPUT_PYLOCK;
    for (size_t i = 0; i < PL_COUNT(by_name) && *out == PL_OUTPUT_AUTO; i++)
        if (pl_str_ends(name, by_name[i].suffix))
            *out = by_name[i].format;
    if (*out != PL_OUTPUT_AUTO)
        return true;
    pl_error_plain(err, PL_ERR_USAGE,
                   "the name `%.*s` does not say which format to write",
                   PL_STR_ARG(name));
    return pl_error_hint(err, "end it in .toml or .txt, or say --format");
}
