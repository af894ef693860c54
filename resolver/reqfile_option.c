#include "resolver/reqfile_internal.h"

#include "core/buf.h"
#include "core/file.h"
#include "core/limits.h"
#include "pep/name.h"

/* ---- words, as a POSIX shell splits them ---- */

struct word {
    struct pl_str text;
    size_t begin, end; /* in the line's text */
    bool verbatim;     /* text is what stands there */
};

struct words {
    struct pl_arena *arena;
    const struct pl_reqline *line;
    size_t at;
};

static bool fail_at(const struct pl_reqline *line, size_t begin, size_t end,
                    struct pl_error *err, const char *message)
{
    return pl_error_set(err, PL_ERR_INPUT, pl_reqline_span(line, begin, end),
                        "%s", message);
}

/* Takes one quoted part; *at stands behind the opening quote. */
static bool take_quoted(const struct pl_reqline *line, size_t *at,
                        struct pl_buf *out, struct pl_error *err)
{
    struct pl_str text = line->text;
    size_t begin = *at - 1;
    char quote = text.at[begin];
    while (*at < text.len && text.at[*at] != quote) {
        bool escape = quote == '"' && text.at[*at] == '\\' &&
                      *at + 1 < text.len &&
                      (text.at[*at + 1] == '"' || text.at[*at + 1] == '\\');
        *at += escape;
        pl_buf_add_char(out, text.at[(*at)++]);
    }
    if (*at == text.len)
        return fail_at(line, begin, text.len, err, "this quote is not closed");
    ++*at;
    return true;
}

static bool take_word(struct words *w, struct word *out, struct pl_error *err)
{
    struct pl_str text = w->line->text;
    PL_BUF(word, PL_MAX_LINE_BYTES);
    size_t at = w->at;
    while (at < text.len && !pl_is_space(text.at[at])) {
        char c = text.at[at++];
        if (c == '"' || c == '\'') {
            if (!take_quoted(w->line, &at, &word, err))
                return false;
        } else if (c == '\\' && at == text.len) {
            return fail_at(w->line, at - 1, at, err,
                           "a `\\` with nothing behind it");
        } else {
            pl_buf_add_char(&word, c == '\\' ? text.at[at++] : c);
        }
    }
    out->text = pl_arena_dup(w->arena, pl_buf_view(&word));
    out->begin = w->at;
    out->end = at;
    out->verbatim = out->text.len == at - w->at;
    w->at = at;
    return true;
}

static bool next_word(struct words *w, struct word *out, bool *more,
                      struct pl_error *err)
{
    while (w->at < w->line->text.len && pl_is_space(w->line->text.at[w->at]))
        w->at++;
    *more = w->at < w->line->text.len;
    return !*more || take_word(w, out, err);
}

size_t pl_reqoption_begin(struct pl_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == '-' && (i == 0 || pl_is_space(text.at[i - 1])))
            return i;
    return text.len;
}

/* ---- one option in use ---- */

struct use {
    const struct pl_reqline *line;
    const char *name;
    struct pl_span span; /* of the option */
    struct pl_str value; /* empty when it takes none */
    size_t begin, end;   /* of the value, in the line's text */
    bool verbatim;
};

static struct pl_span value_span(const struct use *use)
{
    return pl_reqline_span(use->line, use->begin, use->end);
}

static bool ignore(struct pl_reqfile *file, const struct use *use,
                   struct pl_error *err)
{
    (void)err;
    pl_reqfile_warn(file->in, use->span, "--%s has no effect in podlock",
                    use->name);
    return true;
}

static void warn_unset(struct pl_reqfile *file, const struct use *use)
{
    for (size_t i = 0; i < use->value.len; i++) {
        struct pl_str name = pl_reqline_variable_at(use->value, i);
        if (name.len)
            pl_reqfile_warn(file->in, value_span(use),
                            "the variable %.*s is not set", PL_STR_ARG(name));
    }
}

static bool index_url(struct pl_reqfile *file, const struct use *use,
                      struct pl_error *err)
{
    (void)err;
    warn_unset(file, use);
    file->in->index_url = use->value;
    return true;
}

static bool extra_index_url(struct pl_reqfile *file, const struct use *use,
                            struct pl_error *err)
{
    (void)err;
    warn_unset(file, use);
    pl_vec_push(file->in->arena, &file->in->extra_index_urls, use->value);
    return true;
}

static bool no_index(struct pl_reqfile *file, const struct use *use,
                     struct pl_error *err)
{
    (void)use, (void)err;
    file->in->no_index = true;
    return true;
}

static bool find_links(struct pl_reqfile *file, const struct use *use,
                       struct pl_error *err)
{
    (void)err;
    warn_unset(file, use);
    struct pl_str value = use->value;
    bool url = pl_str_find_str(value, PL_STR("://")) < value.len;
    struct pl_str beside = pl_reqfile_beside(file, value);
    if (!url && (pl_dir_exists(beside) || pl_file_exists(beside)))
        value = beside;
    pl_vec_push(file->in->arena, &file->in->find_links, value);
    return true;
}

static bool trusted_host(struct pl_reqfile *file, const struct use *use,
                         struct pl_error *err)
{
    (void)err;
    warn_unset(file, use);
    pl_vec_push(file->in->arena, &file->in->trusted_hosts, use->value);
    return true;
}

/* ---- files that name files ---- */

static bool include(struct pl_reqfile *file, const struct use *use,
                    enum pl_reqkind kind, struct pl_error *err)
{
    struct pl_span span = value_span(use);
    if (pl_str_starts(use->value, "=")) {
        pl_error_set(err, PL_ERR_INPUT, span, "no `=` after a short option");
        return pl_error_hint(err, "write a space instead of the `=`");
    }
    if (pl_str_find_str(use->value, PL_STR("://")) < use->value.len) {
        pl_error_set(err, PL_ERR_INPUT, span,
                     "a requirements file from a URL is not read");
        return pl_error_hint(err, "download it and name the local file");
    }
    warn_unset(file, use);
    struct pl_str path = pl_reqfile_beside(file, use->value);
    return pl_reqfile_read(file->in, kind, path, span, err);
}

/* Unlike pip, and like uv: what a constraints file reads constrains too. */
static bool requirement(struct pl_reqfile *file, const struct use *use,
                        struct pl_error *err)
{
    return include(file, use, file->kind, err);
}

static bool constraint(struct pl_reqfile *file, const struct use *use,
                       struct pl_error *err)
{
    return include(file, use, PL_REQKIND_CONSTRAINT, err);
}

static bool editable(struct pl_reqfile *file, const struct use *use,
                     struct pl_error *err)
{
    (void)file;
    pl_error_set(err, PL_ERR_INPUT, value_span(use),
                 "an editable install cannot be locked");
    pl_error_because(err, "its metadata would have to be built by running its "
                          "code, and a lock has no hash for it");
    return pl_error_hint(
        err, "give podlock its pyproject.toml to lock what it needs, and "
             "after installing the lock run pip install --no-deps -e ...");
}

/* ---- lists of names ---- */

static void drop(struct pl_format_control *control, struct pl_str name)
{
    size_t kept = 0;
    for (size_t i = 0; i < control->names.len; i++)
        if (!pl_str_eq(control->names.at[i], name))
            control->names.at[kept++] = control->names.at[i];
    control->names.len = kept;
}

/* As in pip, the later of --no-binary and --only-binary takes the name. */
static void drop_list(struct pl_arena *arena, struct pl_format_control *control,
                      struct pl_str list)
{
    struct pl_str part;
    while (pl_str_cut(&list, ',', &part)) {
        struct pl_str name = pl_str_trim(part);
        if (pl_str_is(name, ":all:")) {
            control->all = false;
            control->names.len = 0;
        } else {
            drop(control, pl_name_normalize(arena, name));
        }
    }
}

static bool control_add(struct pl_reqfile *file, const struct use *use,
                        struct pl_format_control *control,
                        struct pl_format_control *other, struct pl_error *err)
{
    struct pl_arena *arena = file->in->arena;
    if (!pl_format_control_add(arena, control, use->value, err)) {
        if (err && !use->verbatim)
            err->span.end = (uint32_t)(use->end - use->begin);
        return pl_reqline_locate(use->line, use->begin, err);
    }
    drop_list(arena, other, use->value);
    return true;
}

static bool no_binary(struct pl_reqfile *file, const struct use *use,
                      struct pl_error *err)
{
    return control_add(file, use, &file->in->no_binary, &file->in->only_binary,
                       err);
}

static bool only_binary(struct pl_reqfile *file, const struct use *use,
                        struct pl_error *err)
{
    return control_add(file, use, &file->in->only_binary, &file->in->no_binary,
                       err);
}

static bool pre(struct pl_reqfile *file, const struct use *use,
                struct pl_error *err)
{
    (void)use, (void)err;
    file->in->pre = true;
    return true;
}

static bool all_releases(struct pl_reqfile *file, const struct use *use,
                         struct pl_error *err)
{
    if (pl_str_is(use->value, ":all:"))
        return pre(file, use, err);
    return ignore(file, use, err);
}

static bool prefer_binary(struct pl_reqfile *file, const struct use *use,
                          struct pl_error *err)
{
    (void)use, (void)err;
    file->in->prefer_binary = true;
    return true;
}

static bool require_hashes(struct pl_reqfile *file, const struct use *use,
                           struct pl_error *err)
{
    (void)use, (void)err;
    file->in->require_hashes = true;
    return true;
}

static bool no_require_hashes(struct pl_reqfile *file, const struct use *use,
                              struct pl_error *err)
{
    (void)use, (void)err;
    file->in->require_hashes = false;
    return true;
}

/* ---- --hash ---- */

struct algorithm {
    const char *name;
    size_t digits;
};

static const struct algorithm algorithms[] = {
    {"sha256", 64},
    {"sha384", 96},
    {"sha512", 128},
};

static bool is_digest(struct pl_str text, size_t digits)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (!pl_is_digit(c) && (c < 'a' || c > 'f'))
            return false;
    }
    return text.len == digits;
}

static bool fail_algorithm(const struct use *use, struct pl_str name,
                           struct pl_error *err)
{
    pl_error_set(err, PL_ERR_INPUT, value_span(use),
                 "a hash is written ALGORITHM:DIGEST with sha256, sha384 or "
                 "sha512");
    if (pl_str_is(name, "md5") || pl_str_is(name, "sha1"))
        return pl_error_because(err, "%.*s can be forged", PL_STR_ARG(name));
    if (pl_str_starts(use->value, "sha256="))
        return pl_error_hint(err, "write --hash=sha256:...");
    return false;
}

static bool hash(struct pl_reqfile *file, const struct use *use,
                 struct pl_error *err)
{
    struct pl_str rest = use->value, name;
    pl_str_cut(&rest, ':', &name);
    for (size_t i = 0; i < PL_COUNT(algorithms); i++) {
        if (!pl_str_is(name, algorithms[i].name) || !rest.len)
            continue;
        if (!is_digest(rest, algorithms[i].digits))
            return pl_error_set(err, PL_ERR_INPUT, value_span(use),
                                "a %s digest is %zu digits 0-9a-f",
                                algorithms[i].name, algorithms[i].digits);
        pl_vec_push(file->in->arena, &file->hashes, use->value);
        return true;
    }
    return fail_algorithm(use, name, err);
}

/* ---- the table ---- */

struct option {
    const char *name;
    char letter; /* 0: none */
    bool takes_value;
    bool of_requirement; /* stands behind a requirement */
    bool (*apply)(struct pl_reqfile *file, const struct use *use,
                  struct pl_error *err);
};

static const struct option options[] = {
    {"all-releases", 0, true, false, all_releases},
    {"config-setting", 'C', true, true, ignore},
    {"config-settings", 0, true, true, ignore},
    {"constraint", 'c', true, false, constraint},
    {"editable", 'e', true, false, editable},
    {"extra-index-url", 0, true, false, extra_index_url},
    {"find-links", 'f', true, false, find_links},
    {"global-option", 0, true, true, ignore},
    {"hash", 0, true, true, hash},
    {"index-url", 'i', true, false, index_url},
    {"no-binary", 0, true, false, no_binary},
    {"no-index", 0, false, false, no_index},
    {"no-require-hashes", 0, false, false, no_require_hashes},
    {"only-binary", 0, true, false, only_binary},
    {"only-final", 0, true, false, ignore},
    {"pre", 0, false, false, pre},
    {"prefer-binary", 0, false, false, prefer_binary},
    {"pypi-url", 0, true, false, index_url},
    {"require-hashes", 0, false, false, require_hashes},
    {"requirement", 'r', true, false, requirement},
    {"trusted-host", 0, true, false, trusted_host},
    {"use-feature", 0, true, false, ignore},
};

/* An exact name, or as in pip the only one that begins so. */
static const struct option *find_long(struct pl_str name)
{
    const struct option *found = NULL;
    char prefix[32];
    if (!name.len || name.len >= sizeof(prefix))
        return NULL;
    memcpy(prefix, name.at, name.len);
    prefix[name.len] = '\0';
    for (size_t i = 0; i < PL_COUNT(options); i++) {
        if (pl_str_is(name, options[i].name))
            return &options[i];
        if (!pl_str_starts(pl_str_from(options[i].name), prefix))
            continue;
        /* --config-set is no more ambiguous than its two spellings. */
        if (found && found->apply != options[i].apply)
            return NULL;
        found = &options[i];
    }
    return found;
}

static const struct option *find_short(char letter)
{
    for (size_t i = 0; i < PL_COUNT(options); i++)
        if (letter && options[i].letter == letter)
            return &options[i];
    return NULL;
}

/* ---- what is no option of a file ---- */

static const char *const command_line_only[] = {
    "break-system-packages",
    "cache-dir",
    "disable-pip-version-check",
    "dry-run",
    "force-reinstall",
    "ignore-installed",
    "index",
    "isolated",
    "no-build-isolation",
    "no-cache-dir",
    "no-clean",
    "no-compile",
    "no-deps",
    "platform",
    "prefix",
    "python-version",
    "quiet",
    "root",
    "target",
    "timeout",
    "upgrade",
    "upgrade-strategy",
    "user",
    "verbose",
};

static bool is_table_rule(struct pl_str word)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.at[i] != '-')
            return false;
    return word.len > 2;
}

/* "index_url" and "hashes": what differs by case, `_` or a plural. */
static const struct option *find_similar(struct pl_str name)
{
    char text[32] = {0};
    if (name.len >= sizeof(text))
        return NULL;
    for (size_t i = 0; i < name.len; i++)
        text[i] = name.at[i] == '_' ? '-' : pl_lower(name.at[i]);
    struct pl_str plain = pl_str_from(text);
    const struct option *found = find_long(plain);
    while (!found && plain.len &&
           (pl_str_ends(plain, "s") || pl_str_ends(plain, "e"))) {
        plain.len--;
        found = find_long(plain);
    }
    return found;
}

static bool hint_option(struct pl_str name, struct pl_error *err)
{
    for (size_t i = 0; i < PL_COUNT(command_line_only); i++)
        if (pl_str_is(name, command_line_only[i]))
            return pl_error_hint(err,
                                 "remove it: pip takes --%s on its "
                                 "command line only",
                                 command_line_only[i]);
    const struct option *similar = find_similar(name);
    if (similar)
        return pl_error_hint(err, "did you mean --%s?", similar->name);
    return false;
}

static bool fail_unknown(const struct pl_reqline *line, const struct word *word,
                         struct pl_error *err)
{
    struct pl_str name =
        pl_str_sub(word->text, 0, pl_str_find(word->text, '='));
    struct pl_span span =
        pl_reqline_span(line, word->begin, word->begin + name.len);
    if (pl_str_is(word->text, "-")) {
        pl_error_set(err, PL_ERR_INPUT, span, "a `-` by itself");
        return pl_error_hint(err, "a requirements file is no list of points: "
                                  "remove the `-`");
    }
    if (is_table_rule(word->text)) {
        pl_error_set(err, PL_ERR_INPUT, span, "a line of a table");
        return pl_error_hint(err, "`pip freeze` writes requirements, "
                                  "`pip list` does not");
    }
    pl_error_set(err, PL_ERR_INPUT, span, "unknown option `%.*s`",
                 PL_STR_ARG(name));
    if (!pl_str_starts(name, "--"))
        return false;
    return hint_option(pl_str_sub(name, 2, name.len), err);
}

static bool fail_bare(const struct pl_reqline *line, const struct word *word,
                      bool alone, struct pl_error *err)
{
    fail_at(line, word->begin, word->end, err,
            "this is neither an option nor the value of one");
    pl_error_because(err, "pip would ignore it without a word");
    if (alone)
        return pl_error_hint(err, "put each requirement on its own line");
    return pl_error_hint(err, "put the requirement before its options, and "
                              "each on its own line");
}

/* ---- reading ---- */

/* Splits "--name=value", "-rvalue"; *joined tells whether a value was there. */
static const struct option *recognize(const struct word *word, struct use *use,
                                      bool *joined)
{
    const struct option *option;
    size_t name_end;
    if (pl_str_starts(word->text, "--")) {
        struct pl_str rest = pl_str_sub(word->text, 2, word->text.len);
        size_t equals = pl_str_find(rest, '=');
        option = find_long(pl_str_sub(rest, 0, equals));
        name_end = 2 + equals;
        *joined = equals < rest.len;
    } else {
        option = word->text.len > 1 ? find_short(word->text.at[1]) : NULL;
        name_end = 2;
        *joined = word->text.len > 2;
    }
    bool equals = *joined && word->text.at[1] == '-';
    use->value = pl_str_sub(word->text, name_end + equals, word->text.len);
    use->begin = word->begin + name_end + equals;
    use->end = word->end;
    use->span = pl_reqline_span(use->line, word->begin, word->begin + name_end);
    use->verbatim = word->verbatim;
    return option;
}

static bool take_value(struct words *words, const struct option *option,
                       bool joined, struct use *use, struct pl_error *err)
{
    struct word word;
    bool more = joined;
    if (!option->takes_value && joined)
        return pl_error_set(err, PL_ERR_INPUT, value_span(use),
                            "--%s takes no value", option->name);
    if (!option->takes_value || joined)
        return true;
    if (!next_word(words, &word, &more, err))
        return false;
    if (!more)
        return pl_error_set(err, PL_ERR_INPUT, use->span, "--%s needs a value",
                            option->name);
    use->value = word.text;
    use->begin = word.begin;
    use->end = word.end;
    use->verbatim = word.verbatim;
    return true;
}

static bool check_place(const struct option *option, const struct use *use,
                        bool alone, struct pl_error *err)
{
    if (option->of_requirement == !alone)
        return true;
    if (alone) {
        pl_error_set(err, PL_ERR_INPUT, use->span,
                     "--%s without a requirement before it", option->name);
        return pl_error_hint(err, "end the line before with ` \\`");
    }
    pl_error_set(err, PL_ERR_INPUT, use->span,
                 "--%s does not belong to a requirement", option->name);
    return pl_error_hint(err, "put it on a line of its own");
}

static bool apply_word(struct pl_reqfile *file, struct words *words,
                       const struct word *word, bool alone,
                       struct pl_error *err)
{
    struct use use = {.line = words->line};
    bool joined;
    if (!pl_str_starts(word->text, "-"))
        return fail_bare(words->line, word, alone, err);
    const struct option *option = recognize(word, &use, &joined);
    if (!option)
        return fail_unknown(words->line, word, err);
    use.name = option->name;
    return check_place(option, &use, alone, err) &&
           take_value(words, option, joined, &use, err) &&
           option->apply(file, &use, err);
}

bool pl_reqoption_apply(struct pl_reqfile *file, const struct pl_reqline *line,
                        size_t from, bool alone, struct pl_error *err)
{
    struct words words = {file->in->arena, line, from};
    struct word word;
    bool more;
    while (next_word(&words, &word, &more, err)) {
        if (!more)
            return true;
        if (!apply_word(file, &words, &word, alone, err))
            return false;
    }
    return false;
}
