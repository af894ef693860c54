#include "container/scan_internal.h"

#include "core/file.h"
#include "core/limits.h"

/* https://pip.pypa.io/en/stable/reference/requirements-file-format/ */

/* Files that name one another, each read once. */
struct reading {
    struct pl_scan *scan;
    const struct pl_pip_setting *setting;
    pl_requirement_list *list;
    struct pl_map seen;
    int depth;
    bool is_full;
};

/* One of them. */
struct file {
    struct reading *reading;
    const struct pl_source *source;
    struct pl_str rest;
};

static void read_file(struct reading *reading, struct pl_str name,
                      struct pl_str beside, struct pl_span asked);

/* ---- lines ---- */

/* Without the comment, which begins a line or follows white space. */
static struct pl_str without_comment(struct pl_str line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.at[i] == '#' && (!i || pl_is_space(line.at[i - 1])))
            return pl_str_sub(line, 0, i);
    return line;
}

/*
 * Lines joined at '\', without comments. `place` is what an error shows: the
 * line itself, or the first of those that were joined.
 */
static bool next_line(struct file *file, struct pl_str *text,
                      struct pl_str *place)
{
    struct pl_str line;
    PL_BUF(whole, PL_MAX_LINE_BYTES);
    if (!pl_str_cut(&file->rest, '\n', &line))
        return false;
    *place = pl_str_trim(without_comment(line));
    *text = *place;
    if (!pl_str_ends(pl_str_trim(line), "\\") ||
        pl_str_starts(pl_str_trim(line), "#"))
        return true;
    do {
        line = pl_str_trim(line);
        bool goes_on = pl_str_ends(line, "\\");
        pl_buf_add_str(&whole, pl_str_sub(line, 0, line.len - goes_on));
        pl_buf_add_char(&whole, ' ');
        if (!goes_on)
            break;
    } while (pl_str_cut(&file->rest, '\n', &line));
    *text = pl_str_trim(without_comment(
        pl_arena_dup(file->reading->scan->arena, pl_buf_view(&whole))));
    return true;
}

/* ---- what stands on a line ---- */

/* The path of "-c path", "-cpath", "--constraint=path"; empty: another one. */
static struct pl_str included(struct pl_str text)
{
    static const char *const options[] = {"--constraint", "--requirement", "-c",
                                          "-r"};
    for (size_t i = 0; i < PL_COUNT(options); i++) {
        size_t len = strlen(options[i]);
        if (!pl_str_starts(text, options[i]))
            continue;
        struct pl_str rest = pl_str_sub(text, len, text.len);
        if (len > 2 && rest.len && rest.at[0] != '=' && rest.at[0] != ' ')
            continue;
        if (pl_str_starts(rest, "="))
            rest = pl_str_sub(rest, 1, rest.len);
        return pl_str_trim(rest);
    }
    return PL_STR("");
}

static void read_option(struct file *file, struct pl_str text,
                        struct pl_str place)
{
    struct pl_str path = included(text);
    struct pl_span span = pl_span_of(file->source, place);
    if (path.len) {
        read_file(file->reading, path, pl_path_dir(file->source->name), span);
        return;
    }
    pl_scan_trouble(file->reading->scan, span,
                    "an option in a constraint file, which podlock does not "
                    "look at");
}

static void wrong(struct file *file, struct pl_str text, struct pl_str place,
                  struct pl_error *err)
{
    if (text.at == place.at)
        pl_error_locate(err, file->source, text);
    else
        err->span = pl_span_of(file->source, place);
    pl_error_hint(err, "correct the line: pip stops at it");
    pl_scan_add_trouble(file->reading->scan, err);
    pl_scan_stops_pip(file->reading->scan);
}

static void read_requirement(struct file *file, struct pl_str text,
                             struct pl_str place)
{
    struct reading *reading = file->reading;
    struct pl_error err = {.arena = reading->scan->arena};
    struct pl_requirement req;
    /* Hashes and other options of a line follow it. */
    text.len = pl_str_find_str(text, PL_STR(" --"));
    if (!pl_requirement_parse(err.arena, text, &req, &err)) {
        wrong(file, text, place, &err);
        return;
    }
    if (req.extra_count) {
        pl_error_plain(&err, PL_ERR_INPUT, "a constraint cannot have extras");
        err.span = pl_span_of(file->source, place);
        wrong(file, text, place, &err);
        return;
    }
    pl_vec_push(err.arena, reading->list, req);
}

static void read_lines(struct file *file)
{
    struct reading *reading = file->reading;
    struct pl_str text, place;
    while (!reading->is_full && next_line(file, &text, &place)) {
        if (pl_str_starts(text, "-"))
            read_option(file, text, place);
        else if (text.len)
            read_requirement(file, text, place);
        if (reading->list->len <= PL_MAX_REQUIREMENTS)
            continue;
        reading->is_full = true;
        reading->list->len = PL_MAX_REQUIREMENTS;
        pl_scan_trouble(reading->scan, pl_span_of(file->source, place),
                        "only the first %d constraints are looked at",
                        PL_MAX_REQUIREMENTS);
    }
}

/* ---- files ---- */

/* Says that there is no such constraint file, and who wants it. */
static void no_file(struct reading *reading, struct pl_span asked,
                    struct pl_str name, const char *what)
{
    const struct pl_pip_setting *setting = reading->setting;
    struct pl_error *err =
        pl_scan_trouble(reading->scan, asked, "the constraint file %.*s %s",
                        PL_STR_ARG(name), what);
    pl_error_because(err,
                     "%.*s of %.*s names it: without it pip installs "
                     "nothing",
                     PL_STR_ARG(setting->name), PL_STR_ARG(setting->from));
    pl_scan_stops_pip(reading->scan);
}

/* Absolute, without links; empty, and told, when it is none to read. */
static struct pl_str path_of(struct reading *reading, struct pl_str name,
                             struct pl_str beside, struct pl_span asked)
{
    struct pl_scan *scan = reading->scan;
    if (pl_str_starts(name, "file://"))
        name = pl_str_sub(name, strlen("file://"), name.len);
    if (pl_str_find_str(name, PL_STR("://")) < name.len) {
        pl_scan_trouble(scan, asked,
                        "the constraint file %.*s is not fetched: what it says "
                        "is not known",
                        PL_STR_ARG(name));
        return PL_STR("");
    }
    if (!pl_str_starts(name, "/") && !beside.len) {
        pl_scan_trouble(scan, asked,
                        "the constraint file %.*s is relative to the folder "
                        "that pip is run in: what it says is not known",
                        PL_STR_ARG(name));
        return PL_STR("");
    }
    struct pl_str path = pl_scan_real(scan, pl_scan_join(scan, beside, name));
    enum pl_node_type type =
        path.len ? pl_tree_look(scan->tree, path).type : PL_NODE_ABSENT;
    if (type == PL_NODE_FILE)
        return path;
    no_file(reading, asked, name,
            type == PL_NODE_ABSENT ? "is not there" : "is no file");
    return PL_STR("");
}

static bool may_read(struct reading *reading, struct pl_str path,
                     struct pl_span asked)
{
    struct pl_scan *scan = reading->scan;
    void **seen = pl_map_slot(&reading->seen, path);
    if (*seen)
        return false;
    *seen = reading;
    if (reading->depth <= PL_MAX_INCLUDE_DEPTH &&
        reading->seen.len <= PL_MAX_INCLUDE_FILES &&
        pl_tree_look(scan->tree, path).size <= PL_MAX_USER_FILE_BYTES)
        return true;
    pl_scan_trouble(scan, asked,
                    "the constraint file %.*s is not read: more than %d of "
                    "them inside one another, more than %d, or more than %u MB",
                    PL_STR_ARG(path), PL_MAX_INCLUDE_DEPTH,
                    PL_MAX_INCLUDE_FILES, PL_MAX_USER_FILE_BYTES >> 20);
    return false;
}

static void read_file(struct reading *reading, struct pl_str name,
                      struct pl_str beside, struct pl_span asked)
{
    struct pl_scan *scan = reading->scan;
    struct pl_str text, path = path_of(reading, name, beside, asked);
    if (!path.len || !may_read(reading, path, asked) ||
        !pl_scan_text(scan, path, PL_MAX_USER_FILE_BYTES, &text))
        return;
    if (pl_str_starts(text, "\xEF\xBB\xBF"))
        text = pl_str_sub(text, 3, text.len);
    struct file file = {
        .reading = reading,
        .source = pl_source_from_text(scan->arena, path, text),
        .rest = text,
    };
    reading->depth++;
    read_lines(&file);
    reading->depth--;
}

void pl_constraints_read(struct pl_scan *scan,
                         const struct pl_pip_setting *setting,
                         pl_requirement_list *list)
{
    struct reading reading = {
        .scan = scan,
        .setting = setting,
        .list = list,
        .seen = {.arena = scan->arena},
    };
    struct pl_str name, rest = setting->value;
    while (pl_str_cut(&rest, ' ', &name))
        if (name.len)
            read_file(&reading, name, PL_STR(""), (struct pl_span){0});
}
