#include "lockfmt/lock_path.h"

#include "core/file.h"
#include "core/limits.h"
#include "index/url.h"

static bool has_control(struct pl_str text)
{
    for (size_t i = pl_str_printable(text, ' ', ' '); i < text.len; i++)
        if ((unsigned char)text.at[i] < ' ' || text.at[i] == '\x7f')
            return true;
    return false;
}

/* ---- URLs ---- */

static bool is_file_scheme(struct pl_str scheme)
{
    return pl_str_is_nocase(scheme, "http") ||
           pl_str_is_nocase(scheme, "https") ||
           pl_str_is_nocase(scheme, "file");
}

/* "git@github.com:owner/name" */
static bool is_scp_like(struct pl_str text)
{
    size_t at = pl_str_find(text, '@'), colon = pl_str_find(text, ':');
    return at && at < colon && colon + 1 < text.len;
}

/* A text that begins with "-" would be an option of the program it goes to. */
static bool check_url(const struct pl_lock_reader *r,
                      const struct pl_toml_node *node, struct pl_str url,
                      bool vcs)
{
    struct pl_url parts = pl_url_split(url);
    if (url.len > PL_MAX_URL_BYTES)
        return pl_lock_fail(r, node, "the URL is longer than %d bytes",
                            PL_MAX_URL_BYTES);
    if (has_control(url) || url.at[0] == '-')
        return pl_lock_fail(r, node, "this is not a URL");
    if (vcs && (parts.has_scheme || is_scp_like(url)))
        return true;
    if (!parts.has_scheme)
        return pl_lock_fail(r, node, "the URL is not absolute");
    if (!is_file_scheme(parts.scheme))
        return pl_lock_fail(r, node, "a file cannot come from a `%.*s:` URL",
                            PL_STR_ARG(parts.scheme));
    return true;
}

/* ---- paths ---- */

/* Windows' separator too: PEP 751 lets a writer use its own. */
static bool is_separator(char c)
{
    return c == '/' || c == '\\';
}

static bool is_absolute(struct pl_str path)
{
    return is_separator(path.at[0]) ||
           (path.len > 1 && pl_is_alpha(path.at[0]) && path.at[1] == ':');
}

/* Does a way through the parts go above where it began? */
static bool leaves(struct pl_str path)
{
    size_t depth = 0;
    for (size_t i = 0, end; i < path.len; i = end + 1) {
        for (end = i; end < path.len && !is_separator(path.at[end]);)
            end++;
        struct pl_str part = pl_str_sub(path, i, end);
        if (pl_str_is(part, "..")) {
            if (!depth)
                return true;
            depth--;
        } else if (part.len && !pl_str_is(part, ".")) {
            depth++;
        }
    }
    return false;
}

static bool check_path(const struct pl_lock_reader *r,
                       const struct pl_toml_node *node, struct pl_str path)
{
    if (path.len > PL_MAX_PATH_BYTES)
        return pl_lock_fail(r, node, "the path is longer than %d bytes",
                            PL_MAX_PATH_BYTES);
    if (has_control(path))
        return pl_lock_fail(r, node, "the path holds a control character");
    if (is_absolute(path))
        pl_lock_warn_once(r, PL_LOCK_ABSOLUTE_PATH, pl_toml_span(node),
                          "the path is absolute: it holds on one machine "
                          "only");
    else if (leaves(path))
        pl_lock_warn_once(r, PL_LOCK_OUTSIDE_PATH, pl_toml_span(node),
                          "the path leaves the folder of the lock");
    return true;
}

bool pl_lock_location(const struct pl_lock_reader *r,
                      const struct pl_toml_node *table, const char *what,
                      bool vcs, struct pl_str *url, struct pl_str *path)
{
    const struct pl_toml_node *url_node, *path_node;
    if (!pl_lock_get(r, table, "url", PL_TOML_STRING, &url_node) ||
        !pl_lock_get(r, table, "path", PL_TOML_STRING, &path_node))
        return false;
    if (!url_node && !path_node)
        return pl_lock_fail(r, table, "%s has neither `url` nor `path`", what);
    *url = url_node ? pl_lock_text(r, url_node) : (struct pl_str){0};
    *path = path_node ? pl_lock_text(r, path_node) : (struct pl_str){0};
    return (!url_node || check_url(r, url_node, *url, vcs)) &&
           (!path_node || check_path(r, path_node, *path));
}

bool pl_lock_subdirectory(const struct pl_lock_reader *r,
                          const struct pl_toml_node *table, struct pl_str *out)
{
    const struct pl_toml_node *node;
    if (!pl_lock_get(r, table, "subdirectory", PL_TOML_STRING, &node))
        return false;
    *out = node ? pl_lock_text(r, node) : (struct pl_str){0};
    if (!node)
        return true;
    if (has_control(*out))
        return pl_lock_fail(r, node,
                            "`subdirectory` holds a control "
                            "character");
    if (is_absolute(*out))
        return pl_lock_fail(r, node, "`subdirectory` must be relative");
    return !leaves(*out) ||
           pl_lock_fail(r, node, "`subdirectory` leaves the source");
}

/* ---- file names ---- */

static struct pl_str last_part(struct pl_str path)
{
    size_t at = path.len;
    while (at && !is_separator(path.at[at - 1]))
        at--;
    return pl_str_sub(path, at, path.len);
}

bool pl_lock_file_name(const struct pl_lock_reader *r,
                       const struct pl_toml_node *table, const char *what,
                       struct pl_lock_file *file,
                       const struct pl_toml_node **told_by)
{
    if (!pl_lock_get(r, table, "name", PL_TOML_STRING, told_by))
        return false;
    bool safe = false;
    if (*told_by)
        file->name = pl_lock_text(r, *told_by);
    else if (pl_toml_get(table, "path", told_by))
        file->name = last_part(file->path);
    else if (pl_toml_get(table, "url", told_by))
        safe = pl_url_filename(r->arena, file->url, &file->name);
    if (safe || pl_url_name_is_safe(file->name))
        return true;
    return pl_lock_fail(r, *told_by, "%s has no usable file name here", what);
}
