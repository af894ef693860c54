#include "resolver/reqfile_internal.h"

#include "core/buf.h"
#include "core/limits.h"

/* Each finder returns true when it knew the mistake and set the error. */
typedef bool finder(struct pl_str text, struct pl_error *err);

static struct pl_span span_of(struct pl_str text, struct pl_str view)
{
    uint32_t begin = (uint32_t)(view.at - text.at);
    return (struct pl_span){.begin = begin, .end = begin + (uint32_t)view.len};
}

static bool is_word(char c)
{
    return !pl_is_space(c);
}

static bool is_name(char c)
{
    return pl_is_alnum(c) || c == '-' || c == '_' || c == '.';
}

static struct pl_str first_word(struct pl_str text)
{
    struct pl_cursor c = pl_cursor_from(text);
    return pl_cursor_span(&c, is_word);
}

/* ---- a line of something else ---- */

static bool find_conflict_marker(struct pl_str text, struct pl_error *err)
{
    static const char *const marks[] = {"<<<<<<<", "=======", ">>>>>>>",
                                        "|||||||"};
    for (size_t i = 0; i < PL_COUNT(marks); i++) {
        if (!pl_str_starts(text, marks[i]))
            continue;
        pl_error_set(err, PL_ERR_INPUT, span_of(text, text),
                     "a merge conflict that was not resolved");
        pl_error_hint(err, "keep one of the two sides, and remove the lines "
                           "<<<<<<<, ======= and >>>>>>>");
        return true;
    }
    return false;
}

static bool find_markup(struct pl_str text, struct pl_error *err)
{
    if (!pl_str_starts(text, "<"))
        return false;
    pl_error_set(err, PL_ERR_INPUT, span_of(text, text),
                 "a web page, not a requirements file");
    pl_error_hint(err, "download the raw file");
    return true;
}

static const char *const commands[] = {
    "$",      "pip",    "pip3",    "%pip",       "!pip",    "!pip3",
    "uv",     "conda",  "mamba",   "micromamba", "!conda",  "poetry",
    "pipenv", "python", "python3", "apt",        "apt-get", "sudo",
    "RUN",    "git",    "npm",     "brew",       "docker",
};

static bool find_command(struct pl_str text, struct pl_error *err)
{
    struct pl_str word = first_word(text);
    bool known = false;
    for (size_t i = 0; i < PL_COUNT(commands); i++)
        known = known || pl_str_is(word, commands[i]);
    struct pl_str rest = pl_str_trim(pl_str_sub(text, word.len, text.len));
    if (!known || !rest.len || !pl_is_alpha(rest.at[0]))
        return false;
    pl_error_set(err, PL_ERR_INPUT, span_of(text, text),
                 "a command, not a requirement");
    size_t install = pl_str_find_str(text, PL_STR("install "));
    struct pl_str what =
        pl_str_trim(pl_str_sub(text, install + strlen("install "), text.len));
    if (what.len && !pl_str_has(what, ' '))
        pl_error_hint(err, "write `%.*s`", PL_STR_ARG(what));
    else
        pl_error_hint(err, "write the names alone, each on its own line");
    return true;
}

static bool find_python(struct pl_str text, struct pl_error *err)
{
    struct pl_str word = first_word(text);
    bool from = pl_str_is(word, "from") &&
                pl_str_find_str(text, PL_STR(" import ")) < text.len;
    if (!pl_str_is(word, "import") && !from)
        return false;
    pl_error_set(err, PL_ERR_INPUT, span_of(text, text),
                 "Python code, not a requirement");
    pl_error_hint(err, "write the name of the project to install, which may "
                       "differ from that of the module");
    return true;
}

static bool find_heading(struct pl_str text, struct pl_error *err)
{
    if (!pl_str_starts(text, "[") && !pl_str_starts(text, "{") &&
        !pl_str_starts(text, "]") && !pl_str_starts(text, "}"))
        return false;
    pl_error_set(err, PL_ERR_INPUT, span_of(text, text),
                 "a requirements file has no headings and no brackets around "
                 "a line");
    pl_error_hint(err, "give a pyproject.toml by that name, or keep only the "
                       "requirements");
    return true;
}

static bool find_bullet(struct pl_str text, struct pl_error *err)
{
    if (!pl_str_starts(text, "* ") && !pl_str_starts(text, "+ "))
        return false;
    pl_error_set(err, PL_ERR_INPUT, span_of(text, pl_str_sub(text, 0, 1)),
                 "a requirements file is no list of points");
    pl_error_hint(err, "remove the `%c`", text.at[0]);
    return true;
}

/* ---- characters that only look right ---- */

struct lookalike {
    const char *bytes;
    const char *shown;
    const char *meant; /* NULL: nothing */
};

static const struct lookalike lookalikes[] = {
    {"\xe2\x89\xa5", "`\xe2\x89\xa5`", ">="},
    {"\xe2\x89\xa4", "`\xe2\x89\xa4`", "<="},
    {"\xe2\x89\xa0", "`\xe2\x89\xa0`", "!="},
    {"\xe2\x89\x88", "`\xe2\x89\x88`", "~="},
    {"\xe2\x80\x90", "a hyphen (U+2010)", "-"},
    {"\xe2\x80\x91", "a hyphen (U+2011)", "-"},
    {"\xe2\x80\x93", "a dash (U+2013)", "-"},
    {"\xe2\x80\x94", "a dash (U+2014)", "--"},
    {"\xe2\x88\x92", "a minus sign (U+2212)", "-"},
    {"\xe2\x80\x9c", "a quotation mark (U+201C)", "\""},
    {"\xe2\x80\x9d", "a quotation mark (U+201D)", "\""},
    {"\xe2\x80\x9e", "a quotation mark (U+201E)", "\""},
    {"\xe2\x80\x98", "a quotation mark (U+2018)", "'"},
    {"\xe2\x80\x99", "a quotation mark (U+2019)", "'"},
    {"\xef\xbc\x9d", "a wide `=` (U+FF1D)", "="},
    {"\xef\xbc\x9e", "a wide `>` (U+FF1E)", ">"},
    {"\xef\xbc\x9c", "a wide `<` (U+FF1C)", "<"},
    {"\xef\xbc\x8c", "a wide comma (U+FF0C)", ","},
    {"\xef\xbc\x9b", "a wide semicolon (U+FF1B)", ";"},
    {"\xc2\xa0", "a no-break space (U+00A0)", " "},
    {"\xe2\x80\xaf", "a no-break space (U+202F)", " "},
    {"\xe2\x80\x89", "a thin space (U+2009)", " "},
    {"\xe3\x80\x80", "a wide space (U+3000)", " "},
    {"\xe2\x80\x8b", "an invisible character (U+200B)", NULL},
    {"\xe2\x80\x8c", "an invisible character (U+200C)", NULL},
    {"\xe2\x80\x8d", "an invisible character (U+200D)", NULL},
    {"\xe2\x81\xa0", "an invisible character (U+2060)", NULL},
    {"\xef\xbb\xbf", "a byte order mark (U+FEFF)", NULL},
    {"\xe2\x80\xa2", "a bullet (U+2022)", NULL},
};

static bool name_lookalike(size_t at, const struct lookalike *found,
                           struct pl_error *err)
{
    struct pl_span span = {
        .begin = (uint32_t)at,
        .end = (uint32_t)(at + strlen(found->bytes)),
    };
    if (!found->meant) {
        pl_error_set(err, PL_ERR_INPUT, span, "%s in a requirement",
                     found->shown);
        pl_error_hint(err, "remove it");
        return true;
    }
    if (pl_str_is(pl_str_from(found->meant), " ")) {
        pl_error_set(err, PL_ERR_INPUT, span, "%s", found->shown);
        pl_error_hint(err, "type a space");
        return true;
    }
    pl_error_set(err, PL_ERR_INPUT, span, "%s instead of `%s`", found->shown,
                 found->meant);
    pl_error_hint(err, "type the `%s` anew", found->meant);
    return true;
}

static bool find_lookalike(struct pl_str text, struct pl_error *err)
{
    for (size_t at = 0; at < text.len; at++) {
        struct pl_str rest = pl_str_sub(text, at, text.len);
        if ((unsigned char)text.at[at] < 0x80)
            continue;
        for (size_t i = 0; i < PL_COUNT(lookalikes); i++)
            if (pl_str_starts(rest, lookalikes[i].bytes))
                return name_lookalike(at, &lookalikes[i], err);
    }
    return false;
}

/* ---- quotes, backslashes, comments ---- */

static bool find_quotes(struct pl_str text, struct pl_error *err)
{
    char quote = text.len ? text.at[0] : '\0';
    if (quote != '"' && quote != '\'')
        return false;
    struct pl_str inner = pl_str_sub(text, 1, text.len);
    inner = pl_str_sub(inner, 0, pl_str_find(inner, quote));
    pl_error_set(err, PL_ERR_INPUT, span_of(text, pl_str_sub(text, 0, 1)),
                 "no quotes around a requirement");
    pl_error_because(err, "they belong to a shell, TOML or Python, not to a "
                          "requirements file");
    pl_error_hint(err, "write `%.*s`", PL_STR_ARG(pl_str_trim(inner)));
    return true;
}

static bool find_backslash(struct pl_str text, struct pl_error *err)
{
    if (!pl_str_ends(text, "\\"))
        return false;
    pl_error_set(err, PL_ERR_INPUT,
                 span_of(text, pl_str_sub(text, text.len - 1, text.len)),
                 "this `\\` does not end its line");
    pl_error_because(err, "white space or a comment follows it");
    pl_error_hint(err, "let nothing follow the `\\`");
    return true;
}

static bool find_comment(struct pl_str text, struct pl_error *err)
{
    size_t at = pl_str_find(text, '#');
    if (at == text.len)
        return false;
    pl_error_set(err, PL_ERR_INPUT, span_of(text, pl_str_sub(text, at, at + 1)),
                 "a comment begins with white space and `#`");
    pl_error_hint(err, "put a space before the `#`");
    return true;
}

static bool find_channel(struct pl_str text, struct pl_error *err)
{
    size_t at = pl_str_find_str(text, PL_STR("::"));
    if (at == text.len)
        return false;
    struct pl_str rest = pl_str_sub(text, at + 2, text.len);
    struct pl_cursor c = pl_cursor_from(rest);
    struct pl_str name = pl_cursor_span(&c, is_name);
    pl_error_set(err, PL_ERR_INPUT, span_of(text, pl_str_sub(text, 0, at + 2)),
                 "a channel of conda");
    pl_error_hint(err,
                  "write `%.*s`, and mind that its name on PyPI may "
                  "differ",
                  PL_STR_ARG(name));
    return true;
}

static bool find_variable(struct pl_str text, struct pl_error *err)
{
    size_t at = pl_str_find(text, '$');
    if (at == text.len)
        return false;
    pl_error_set(err, PL_ERR_INPUT, span_of(text, pl_str_sub(text, at, at + 1)),
                 "only ${NAME} in capitals stands for a variable");
    return true;
}

/* ---- markers ---- */

static const char *const marker_variables[] = {
    "python_version",
    "python_full_version",
    "os_name",
    "sys_platform",
    "platform_machine",
    "platform_python_implementation",
    "platform_release",
    "platform_system",
    "platform_version",
    "implementation_name",
    "implementation_version",
    "extra",
};

bool pl_reqmistake_is_marker_variable(struct pl_str word)
{
    for (size_t i = 0; i < PL_COUNT(marker_variables); i++)
        if (pl_str_is(word, marker_variables[i]))
            return true;
    return false;
}

static bool find_marker_word(struct pl_str text, struct pl_str marker,
                             struct pl_error *err)
{
    static const char *const words[][2] = {
        {"&&", "and"},
        {"||", "or"},
        {"&", "and"},
        {"|", "or"},
    };
    for (size_t i = 0; i < PL_COUNT(words); i++) {
        size_t at = pl_str_find_str(marker, pl_str_from(words[i][0]));
        if (at == marker.len)
            continue;
        struct pl_str view = pl_str_sub(marker, at, at + strlen(words[i][0]));
        pl_error_set(err, PL_ERR_INPUT, span_of(text, view), "`%s` in a marker",
                     words[i][0]);
        pl_error_hint(err, "write `%s`", words[i][1]);
        return true;
    }
    return false;
}

static bool is_operator(char c)
{
    return c == '=' || c == '<' || c == '>' || c == '!' || c == '~';
}

static bool find_bare_value(struct pl_str text, struct pl_str marker,
                            struct pl_error *err)
{
    struct pl_cursor c = pl_cursor_from(marker);
    struct pl_str variable = pl_cursor_span(&c, is_name);
    pl_cursor_skip_space(&c);
    struct pl_str op = pl_cursor_span(&c, is_operator);
    pl_cursor_skip_space(&c);
    struct pl_str value = pl_cursor_span(&c, is_name);
    if (!pl_reqmistake_is_marker_variable(variable) || !op.len)
        return false;
    if (pl_str_is(op, "=")) {
        pl_error_set(err, PL_ERR_INPUT, span_of(text, op),
                     "`=` is no operator");
        pl_error_hint(err, "write `==`");
        return true;
    }
    if (!value.len)
        return false;
    pl_error_set(err, PL_ERR_INPUT, span_of(text, value),
                 "the value has no quotes");
    pl_error_hint(err, "write \"%.*s\"", PL_STR_ARG(value));
    return true;
}

static bool find_second_requirement(struct pl_str text, struct pl_str marker,
                                    struct pl_error *err)
{
    struct pl_cursor c = pl_cursor_from(marker);
    struct pl_str word = pl_cursor_span(&c, is_name);
    if (!word.len || !pl_is_alpha(word.at[0]) ||
        pl_str_find(word, '_') < word.len ||
        pl_reqmistake_is_marker_variable(word))
        return false;
    pl_error_set(err, PL_ERR_INPUT, span_of(text, word),
                 "`%.*s` is nothing a marker knows", PL_STR_ARG(word));
    pl_error_hint(err, "`;` begins a marker such as python_version < \"3.12\"; "
                       "put each requirement on its own line");
    return true;
}

static bool find_marker(struct pl_str text, struct pl_error *err)
{
    size_t at = pl_str_find(text, ';');
    struct pl_str marker = pl_str_trim(pl_str_sub(text, at + 1, text.len));
    if (at == text.len || !marker.len || !err->span.end ||
        err->span.begin <= at)
        return false;
    return find_marker_word(text, marker, err) ||
           find_bare_value(text, marker, err) ||
           find_second_requirement(text, marker, err);
}

/* ---- all of them ---- */

/* In this order: the more certain ones come first. */
static finder *const finders[] = {
    find_conflict_marker, find_markup,           find_lookalike, find_command,
    find_python,          find_quotes,           find_heading,   find_bullet,
    find_backslash,       find_comment,          find_channel,   find_marker,
    find_variable,        pl_reqmistake_version,
};

bool pl_reqmistake_explain(struct pl_str text, struct pl_error *err)
{
    if (!err)
        return false;
    for (size_t i = 0; i < PL_COUNT(finders); i++)
        if (finders[i](text, err))
            return false;
    return false;
}
