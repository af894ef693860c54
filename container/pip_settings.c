#include "container/scan_internal.h"

#include "core/file.h"
#include "core/limits.h"
#include "core/mask.h"

/* https://pip.pypa.io/en/stable/topics/configuration/ */

/* What pip installs depends on these; how it looks and caches does not. */
static const char *const names[] = {
    "PIP_ABI",
    "PIP_ALL_RELEASES",
    "PIP_BREAK_SYSTEM_PACKAGES",
    "PIP_BUILD_CONSTRAINT",
    "PIP_CONSTRAINT",
    "PIP_DRY_RUN",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_FORCE_REINSTALL",
    "PIP_IGNORE_INSTALLED",
    "PIP_IGNORE_REQUIRES_PYTHON",
    "PIP_IMPLEMENTATION",
    "PIP_INDEX_URL",
    "PIP_NO_BINARY",
    "PIP_NO_BUILD_ISOLATION",
    "PIP_NO_DEPENDENCIES",
    "PIP_NO_DEPS",
    "PIP_NO_INDEX",
    "PIP_ONLY_BINARY",
    "PIP_ONLY_FINAL",
    "PIP_PLATFORM",
    "PIP_PRE",
    "PIP_PREFER_BINARY",
    "PIP_PREFIX",
    "PIP_PYTHON",
    "PIP_PYTHON_VERSION",
    "PIP_REQUIREMENT",
    "PIP_REQUIRE_HASHES",
    "PIP_REQUIRE_VIRTUALENV",
    "PIP_ROOT",
    "PIP_TARGET",
    "PIP_UPGRADE",
    "PIP_UPGRADE_STRATEGY",
    "PIP_UPLOADED_PRIOR_TO",
    "PIP_USER",
    "PIP_USE_DEPRECATED",
    "PIP_USE_FEATURE",
};

/* Values as they stand: only what leaves is masked. */
struct settings {
    struct pl_scan *scan;
    struct pl_pip_setting list[PL_COUNT(names)]; /* from: empty, not set */
};

static void set(struct settings *s, struct pl_str name, struct pl_str value,
                struct pl_str from)
{
    if (!value.len)
        return;
    for (size_t i = 0; i < PL_COUNT(names); i++)
        if (pl_str_is(name, names[i])) {
            s->list[i].name = name;
            s->list[i].value = value;
            s->list[i].from = from;
        }
}

/* ---- pip.conf ---- */

/* "PIP_EXTRA_INDEX_URL" of "extra-index-url". */
static struct pl_str variable_of(struct pl_arena *arena, struct pl_str key)
{
    struct pl_str name = pl_arena_printf(arena, "PIP_%.*s", PL_STR_ARG(key));
    char *at = pl_new_array(arena, char, name.len + 1);
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        at[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        if (c == '-')
            at[i] = '_';
    }
    return (struct pl_str){at, name.len};
}

/* Lines of a value are one with spaces between: pip splits it there. */
static struct pl_str joined(struct pl_arena *arena, struct pl_str value,
                            struct pl_str more)
{
    more = pl_str_trim(more);
    if (!value.len || !more.len)
        return value.len ? value : more;
    return pl_arena_printf(arena, "%.*s %.*s", PL_STR_ARG(value),
                           PL_STR_ARG(more));
}

/* A pip.conf while it is read, for one of its sections. */
struct conf {
    struct settings *settings;
    const char *section;
    struct pl_str path;
    bool in_section;
    struct pl_str key, value; /* of the entry that may go on */
};

static void end_entry(struct conf *conf)
{
    if (conf->in_section && conf->key.len)
        set(conf->settings, variable_of(conf->settings->scan->arena, conf->key),
            conf->value, conf->path);
    conf->key = conf->value = PL_STR("");
}

/* The grammar is configparser's; false: pip would stop at the line. */
static bool read_line(struct conf *conf, struct pl_str line)
{
    struct pl_str text = pl_str_trim(line);
    if (!text.len || text.at[0] == '#' || text.at[0] == ';')
        return true;
    if (pl_is_space(line.at[0]) && conf->key.len) {
        conf->value = joined(conf->settings->scan->arena, conf->value, text);
        return true;
    }
    end_entry(conf);
    if (text.at[0] == '[') {
        size_t close = pl_str_find(text, ']');
        conf->in_section = pl_str_is(pl_str_sub(text, 1, close), conf->section);
        return close < text.len;
    }
    size_t equals = pl_str_find(text, '='), colon = pl_str_find(text, ':');
    size_t end = equals < colon ? equals : colon;
    conf->key = pl_str_trim(pl_str_sub(text, 0, end));
    conf->value = pl_str_trim(pl_str_sub(text, end + 1, text.len));
    return end < text.len;
}

static void read_conf(struct settings *s, struct pl_str path,
                      const char *section)
{
    struct pl_scan *scan = s->scan;
    struct conf conf = {.settings = s, .section = section, .path = path};
    struct pl_str text, rest, line;
    bool is_bad = false;
    if (!pl_scan_text(scan, path, PL_MAX_PIP_CONF_BYTES, &text))
        return;
    for (rest = text; !is_bad && pl_str_cut(&rest, '\n', &line);)
        is_bad = !read_line(&conf, line);
    end_entry(&conf);
    /* Each file is read for each section. */
    if (!is_bad || !pl_str_is(PL_STR("global"), section))
        return;
    const struct pl_source *source =
        pl_source_from_text(scan->arena, path, text);
    struct pl_error *err =
        pl_scan_trouble(scan, pl_span_of(source, pl_str_trim(line)),
                        "neither a section nor a `key = value`");
    pl_error_because(err, "pip stops at it");
}

/* From the weakest to the strongest. */
static void read_confs(struct settings *s, struct pl_str prefix,
                       const char *section)
{
    struct pl_scan *scan = s->scan;
    struct pl_str home = pl_scan_home(scan);
    struct pl_str user = pl_scan_var(scan, "XDG_CONFIG_HOME");
    if (!pl_str_starts(user, "/"))
        user = pl_scan_join(scan, home, PL_STR(".config"));
    read_conf(s, PL_STR("/etc/xdg/pip/pip.conf"), section);
    read_conf(s, PL_STR("/etc/pip.conf"), section);
    read_conf(s, pl_scan_join(scan, home, PL_STR(".pip/pip.conf")), section);
    read_conf(s, pl_scan_join(scan, user, PL_STR("pip/pip.conf")), section);
    if (prefix.len)
        read_conf(s, pl_scan_join(scan, prefix, PL_STR("pip.conf")), section);
    struct pl_str named = pl_scan_var(scan, "PIP_CONFIG_FILE");
    if (pl_str_starts(named, "/"))
        read_conf(s, pl_scan_real(scan, named), section);
}

static void read_variables(struct settings *s)
{
    for (size_t i = 0; i < PL_COUNT(names); i++)
        set(s, pl_str_from(names[i]), pl_scan_var(s->scan, names[i]),
            PL_STR("environment"));
}

/* ---- what is left of it ---- */

static bool is_off(struct pl_str value)
{
    static const char *const words[] = {"0", "false", "no", "off", "n", "f"};
    for (size_t i = 0; i < PL_COUNT(words); i++)
        if (pl_str_is_nocase(value, words[i]))
            return true;
    return false;
}

static void keep(struct settings *s, struct pl_container *out)
{
    struct pl_arena *arena = s->scan->arena;
    PL_VEC(struct pl_pip_setting) kept = {0};
    pl_requirement_list constraints = {0};
    for (size_t i = 0; i < PL_COUNT(names); i++) {
        struct pl_pip_setting one = s->list[i];
        if (!one.from.len || is_off(one.value))
            continue;
        if (pl_str_is(one.name, "PIP_CONSTRAINT"))
            pl_constraints_read(s->scan, &one, &constraints);
        one.value = pl_mask(arena, one.value);
        pl_vec_push(arena, &kept, one);
    }
    out->settings = kept.at;
    out->setting_count = kept.len;
    out->constraints = constraints.at;
    out->constraint_count = constraints.len;
}

void pl_pip_settings_read(struct pl_scan *scan, struct pl_container *out)
{
    struct settings *s = pl_new(scan->arena, struct settings);
    struct pl_str prefix =
        out->python_count ? out->pythons[0].prefix : PL_STR("");
    s->scan = scan;
    /* This is how pip is told to read none. */
    if (!pl_str_is(pl_scan_var(scan, "PIP_CONFIG_FILE"), "/dev/null")) {
        read_confs(s, prefix, "global");
        read_confs(s, prefix, "install");
    }
    read_variables(s);
    keep(s, out);
}
