#include <stddef.h>

#include "core/file.h"
#include "core/limits.h"
#include "index/memory.h"
#include "pep/name.h"
#include "resolver/problem_text_internal.h"

#define DEFAULT_WINDOW 4

const struct pl_text_variable pl_text_variables[] = {
    {"os_name", offsetof(struct pl_env, os_name)},
    {"sys_platform", offsetof(struct pl_env, sys_platform)},
    {"platform_system", offsetof(struct pl_env, platform_system)},
    {"platform_release", offsetof(struct pl_env, platform_release)},
    {"platform_version", offsetof(struct pl_env, platform_version)},
    {"implementation_name", offsetof(struct pl_env, implementation_name)},
    {"implementation_version", offsetof(struct pl_env, implementation_version)},
    {"platform_python_implementation",
     offsetof(struct pl_env, platform_python_implementation)},
};
const size_t pl_text_variable_count = PL_COUNT(pl_text_variables);

const char *const pl_text_prereleases[] = {
    [PL_PRERELEASE_IF_NECESSARY_OR_EXPLICIT] = "if-necessary-or-explicit",
    [PL_PRERELEASE_IF_NECESSARY] = "if-necessary",
    [PL_PRERELEASE_EXPLICIT] = "explicit",
    [PL_PRERELEASE_ALLOW] = "allow",
    [PL_PRERELEASE_DISALLOW] = "disallow",
    NULL,
};
const char *const pl_text_resolutions[] = {
    [PL_RESOLUTION_HIGHEST] = "highest",
    [PL_RESOLUTION_LOWEST] = "lowest",
    [PL_RESOLUTION_LOWEST_DIRECT] = "lowest-direct",
    NULL,
};
const char *const pl_text_replaces[] = {
    [PL_REPLACE_IF_NEEDED] = "if-needed",
    [PL_REPLACE_FREELY] = "freely",
    [PL_REPLACE_NEVER] = "never",
    NULL,
};
const char *const pl_text_protects[] = {
    [PL_PROTECT_LOCKED] = "locked",
    [PL_PROTECT_KEEP] = "keep",
    [PL_PROTECT_OS] = "os",
    NULL,
};

/* ---- words with a meaning ---- */

bool pl_text_unknown(struct pl_text_reader *r, struct pl_str word,
                     const char *what)
{
    return pl_error_set(r->err, PL_ERR_INPUT, pl_textline_span(&r->line, word),
                        "`%.*s` says nothing of %s", PL_STR_ARG(word), what);
}

static bool read_word(struct pl_text_reader *r, const char *what,
                      struct pl_textword *out)
{
    return pl_textline_word(&r->line, what, out, r->err);
}

static bool read_end(struct pl_text_reader *r)
{
    return pl_textline_end(&r->line, r->err);
}

/* One text that ends the line. */
static bool read_only(struct pl_text_reader *r, const char *what,
                      struct pl_str *out)
{
    struct pl_textword word;
    if (!read_word(r, what, &word) || !read_end(r))
        return false;
    *out = word.text;
    return true;
}

static bool no_choice(struct pl_text_reader *r, const struct pl_textword *word,
                      const char *const *words)
{
    PL_BUF(list, PL_MAX_MESSAGE_BYTES);
    for (size_t i = 0; words[i]; i++)
        pl_buf_addf(&list, "%s%s", i ? ", " : "", words[i]);
    return pl_error_set(r->err, PL_ERR_INPUT,
                        pl_textline_span(&r->line, word->raw),
                        "`%.*s` is none of: %.*s", PL_STR_ARG(word->text),
                        PL_STR_ARG(pl_buf_view(&list)));
}

/* The position in a list of words that ends with NULL. */
static bool read_choice(struct pl_text_reader *r, const char *const *words,
                        int *out)
{
    struct pl_textword word;
    if (!read_word(r, "a word", &word))
        return false;
    for (int i = 0; words[i]; i++)
        if (pl_str_is(word.text, words[i])) {
            *out = i;
            return true;
        }
    return no_choice(r, &word, words);
}

bool pl_text_name(struct pl_text_reader *r, struct pl_str *out)
{
    struct pl_textword word;
    if (!read_word(r, "a name", &word))
        return false;
    if (!pl_name_valid(word.text))
        return pl_error_set(r->err, PL_ERR_INPUT,
                            pl_textline_span(&r->line, word.raw), "not a name");
    *out = pl_name_normalize(r->arena, word.text);
    return true;
}

bool pl_text_version(struct pl_text_reader *r, const struct pl_textword *word,
                     struct pl_version *out)
{
    return pl_version_parse(r->arena, word->text, out, r->err) ||
           pl_textline_locate(&r->line, word, r->err);
}

/* "*" is the specifier that matches everything. */
bool pl_text_specifier(struct pl_text_reader *r, const struct pl_textword *word,
                       struct pl_specifier *out)
{
    struct pl_str text =
        pl_str_is(word->text, "*") ? (struct pl_str){0} : word->text;
    bool repaired;
    return pl_specifier_parse_lenient(r->arena, text, out, &repaired, r->err) ||
           pl_textline_locate(&r->line, word, r->err);
}

bool pl_text_number(struct pl_text_reader *r, const struct pl_textword *word,
                    uint64_t *out)
{
    return pl_str_to_u64(word->text, out) ||
           pl_error_set(r->err, PL_ERR_INPUT,
                        pl_textline_span(&r->line, word->raw), "not a number");
}

bool pl_text_requirement(struct pl_text_reader *r, bool lenient,
                         struct pl_requirement *out, struct pl_textword *word)
{
    bool repaired;
    if (!pl_textline_rest(&r->line, "a requirement", word, r->err))
        return false;
    bool parsed = lenient
                      ? pl_requirement_parse_lenient(r->arena, word->text, out,
                                                     &repaired, r->err)
                      : pl_requirement_parse(r->arena, word->text, out, r->err);
    return parsed || pl_textline_locate(&r->line, word, r->err);
}

/* ---- the environment and what is allowed ---- */

static bool read_first(struct pl_text_reader *r)
{
    struct pl_textword word;
    if (!read_word(r, "a number", &word))
        return false;
    return (pl_str_is(word.text, "1") && read_end(r)) ||
           pl_error_set(r->err, PL_ERR_INPUT,
                        pl_textline_span(&r->line, word.raw),
                        "this podlock reads problems of form 1");
}

static bool read_recorded(struct pl_text_reader *r)
{
    r->out->recorded = true;
    return read_end(r);
}

/* Tried at once, so that an error has its place. */
static bool check_env(struct pl_text_reader *r)
{
    struct pl_env env;
    if (pl_env_make(r->arena, r->python, r->glibc, r->arch, &env, r->err))
        return true;
    if (r->err && !r->err->span.source)
        r->err->span = pl_textline_span(&r->line, r->line.whole);
    return false;
}

static bool read_python(struct pl_text_reader *r)
{
    return read_only(r, "a version", &r->python) && check_env(r);
}

static bool read_glibc(struct pl_text_reader *r)
{
    return read_only(r, "a version", &r->glibc) && check_env(r);
}

static bool read_arch(struct pl_text_reader *r)
{
    return read_only(r, "a name", &r->arch) && check_env(r);
}

static bool read_variable(struct pl_text_reader *r)
{
    struct pl_textword name;
    if (!read_word(r, "a variable of markers", &name))
        return false;
    for (size_t i = 0; i < pl_text_variable_count; i++)
        if (pl_str_is(name.text, pl_text_variables[i].name))
            return read_only(r, "a value",
                             (struct pl_str *)((char *)&r->out->problem.env +
                                               pl_text_variables[i].offset));
    return pl_text_unknown(r, name.raw, "markers");
}

static bool read_prerelease(struct pl_text_reader *r)
{
    int mode;
    if (!read_choice(r, pl_text_prereleases, &mode))
        return false;
    r->out->problem.policy.prerelease = (enum pl_prerelease_mode)mode;
    return read_end(r);
}

static bool read_resolution(struct pl_text_reader *r)
{
    int mode;
    if (!read_choice(r, pl_text_resolutions, &mode))
        return false;
    r->out->problem.policy.resolution = (enum pl_resolution)mode;
    return read_end(r);
}

static bool read_replace(struct pl_text_reader *r)
{
    int mode;
    if (!read_choice(r, pl_text_replaces, &mode))
        return false;
    r->out->problem.policy.replace = (enum pl_replace_mode)mode;
    return read_end(r);
}

static bool read_exclude_newer(struct pl_text_reader *r)
{
    return read_only(r, "a date and time",
                     &r->out->problem.policy.exclude_newer);
}

static bool read_window(struct pl_text_reader *r)
{
    struct pl_textword word;
    uint64_t number;
    if (!read_word(r, "a number", &word) || !pl_text_number(r, &word, &number))
        return false;
    r->out->problem.policy.window = (uint32_t)number;
    return read_end(r);
}

static bool read_no_deps(struct pl_text_reader *r)
{
    r->out->problem.policy.no_deps = true;
    return read_end(r);
}

static bool read_format(struct pl_text_reader *r,
                        struct pl_format_control *control)
{
    struct pl_str name;
    if (pl_str_is(r->line.rest, ":all:")) {
        control->all = true;
        return true;
    }
    if (!pl_text_name(r, &name))
        return false;
    pl_vec_push(r->arena, &control->names, name);
    return read_end(r);
}

static bool read_no_binary(struct pl_text_reader *r)
{
    return read_format(r, &r->out->problem.policy.no_binary);
}

static bool read_only_binary(struct pl_text_reader *r)
{
    return read_format(r, &r->out->problem.policy.only_binary);
}

static bool read_allow_replace(struct pl_text_reader *r)
{
    struct pl_policy *policy = &r->out->problem.policy;
    struct pl_str name;
    if (pl_str_is(r->line.rest, ":all:")) {
        policy->allow_replace_all = true;
        return true;
    }
    if (!pl_text_name(r, &name))
        return false;
    pl_vec_push(r->arena, &policy->allow_replace, name);
    return read_end(r);
}

static bool read_allow_break(struct pl_text_reader *r)
{
    struct pl_str name;
    if (!pl_text_name(r, &name))
        return false;
    pl_vec_push(r->arena, &r->out->problem.policy.allow_break, name);
    return read_end(r);
}

static bool read_exclude(struct pl_text_reader *r)
{
    struct pl_str name;
    if (!pl_text_name(r, &name))
        return false;
    pl_vec_push(r->arena, &r->out->problem.policy.exclude, name);
    return read_end(r);
}

static bool read_pin(struct pl_text_reader *r)
{
    struct pl_map *pins = &r->out->problem.policy.pins;
    struct pl_textword word;
    struct pl_str name;
    struct pl_version *version = pl_new(r->arena, struct pl_version);
    if (!pl_text_name(r, &name) || !read_word(r, "a version", &word) ||
        !pl_text_version(r, &word, version))
        return false;
    pins->arena = r->arena;
    pl_map_put(pins, name, version);
    return read_end(r);
}

static bool read_upgrade(struct pl_text_reader *r)
{
    struct pl_str name;
    if (!pl_text_name(r, &name))
        return false;
    pl_vec_push(r->arena, &r->out->problem.policy.upgrades, name);
    return read_end(r);
}

/* ---- what is asked ---- */

/* The place stands behind the keyword: require@requirements.in:2 */
static bool read_where(struct pl_text_reader *r, struct pl_str *out)
{
    struct pl_str keyword = pl_str_sub(
        r->line.whole, 0, (size_t)(r->line.rest.at - r->line.whole.at));
    struct pl_textword place;
    keyword = pl_str_trim(keyword);
    size_t at = pl_str_find(keyword, '@');
    if (at == keyword.len) {
        *out =
            pl_arena_printf(r->arena, "%.*s:%u",
                            PL_STR_ARG(r->line.source->name), r->line.number);
        return true;
    }
    keyword = pl_str_sub(keyword, at + 1, keyword.len);
    if (!pl_textline_decode(&r->line, keyword, &place, r->err))
        return false;
    *out = place.text;
    return true;
}

static bool read_asked(struct pl_text_reader *r, struct pl_asked *out)
{
    struct pl_textword word;
    *out = (struct pl_asked){0};
    if (!read_where(r, &out->where) ||
        !pl_text_requirement(r, false, &out->req, &word))
        return false;
    out->span = pl_textline_span(&r->line, word.raw);
    return true;
}

static bool read_require(struct pl_text_reader *r)
{
    struct pl_asked asked;
    if (!read_asked(r, &asked))
        return false;
    pl_vec_push(r->arena, &r->asked, asked);
    r->asked_open = &r->asked.at[r->asked.len - 1];
    return true;
}

static bool read_constraint(struct pl_text_reader *r)
{
    struct pl_asked asked;
    if (!read_asked(r, &asked))
        return false;
    pl_vec_push(r->arena, &r->constraints, asked);
    return true;
}

static bool read_override(struct pl_text_reader *r)
{
    struct pl_asked asked;
    if (!read_asked(r, &asked))
        return false;
    pl_vec_push(r->arena, &r->overrides, asked);
    return true;
}

/* Below `require`: `hash sha256:...` */
static bool read_hash(struct pl_text_reader *r)
{
    struct pl_textword keyword, hash;
    struct pl_asked *asked = r->asked_open;
    if (!read_word(r, "hash", &keyword))
        return false;
    if (!pl_str_is(keyword.text, "hash"))
        return pl_text_unknown(r, keyword.raw, "a requirement");
    if (!read_word(r, "a hash", &hash))
        return false;
    struct pl_str *hashes =
        pl_new_array(r->arena, struct pl_str, asked->hash_count + 1);
    for (size_t i = 0; i < asked->hash_count; i++)
        hashes[i] = asked->hashes[i];
    hashes[asked->hash_count++] = hash.text;
    asked->hashes = hashes;
    return read_end(r);
}

/* ---- what is there ---- */

static struct pl_template *template_of(struct pl_text_reader *r)
{
    if (!r->template) {
        r->template = pl_new(r->arena, struct pl_template);
        r->template->id = PL_STR("template");
        r->template->complete = true;
    }
    return r->template;
}

static bool read_template(struct pl_text_reader *r)
{
    struct pl_textoption option;
    struct pl_textword id;
    struct pl_template *template = template_of(r);
    if (!read_word(r, "an id", &id) ||
        !pl_textline_option(&r->line, &option, r->err))
        return false;
    template->id = id.text;
    if (pl_str_is(option.key, "digest"))
        template->digest = option.value.text;
    else if (option.key.len)
        return pl_text_unknown(r, option.key, "a template");
    return read_end(r);
}

static bool read_template_constraint(struct pl_text_reader *r)
{
    struct pl_requirement requirement;
    struct pl_textword word;
    template_of(r);
    if (!pl_text_requirement(r, false, &requirement, &word))
        return false;
    pl_vec_push(r->arena, &r->template_constraints, requirement);
    return true;
}

static bool fact_option(struct pl_text_reader *r, struct pl_fact *fact,
                        const struct pl_textoption *option)
{
    if (pl_str_is(option->key, "treat-as")) {
        fact->has_treat_as = true;
        return pl_text_version(r, &option->value, &fact->treat_as);
    }
    if (pl_str_is(option->key, "size"))
        return pl_text_number(r, &option->value, &fact->size);
    if (pl_str_is(option->key, "requires-unknown"))
        fact->requires_known = false;
    else if (pl_str_is(option->key, "requires-from"))
        fact->requires_from = option->value.text;
    else if (pl_str_is(option->key, "evidence"))
        fact->evidence = option->value.text;
    else
        return pl_text_unknown(r, option->key, "a fact");
    return true;
}

static bool read_fact(struct pl_text_reader *r)
{
    struct pl_fact fact = {.requires_known = true};
    struct pl_textword version;
    struct pl_textoption option;
    int protect;
    template_of(r);
    if (!pl_text_name(r, &fact.name) || !read_word(r, "a version", &version) ||
        !pl_text_version(r, &version, &fact.version) ||
        !read_choice(r, pl_text_protects, &protect))
        return false;
    fact.protect = (enum pl_protect)protect;
    fact.span = pl_textline_span(&r->line, version.raw);
    for (;;) {
        if (!pl_textline_option(&r->line, &option, r->err))
            return false;
        if (!option.key.len)
            break;
        if (!fact_option(r, &fact, &option))
            return false;
    }
    pl_vec_push(r->arena, &r->facts, fact);
    r->fact_open = true;
    return true;
}

/* Below `fact`: `requires REQUIREMENT` */
static bool read_fact_requires(struct pl_text_reader *r)
{
    struct pl_textword keyword, word;
    struct pl_requirement requirement;
    if (!read_word(r, "requires", &keyword))
        return false;
    if (!pl_str_is(keyword.text, "requires"))
        return pl_text_unknown(r, keyword.raw, "a fact");
    if (!pl_text_requirement(r, true, &requirement, &word))
        return false;
    pl_vec_push(r->arena, &r->fact_requires, requirement);
    return true;
}

static bool rule_option(struct pl_text_reader *r, struct pl_abi_rule *rule,
                        const struct pl_textoption *option)
{
    const struct {
        const char *key;
        struct pl_str *where;
    } texts[] = {
        {"severity", &rule->severity},
        {"reason", &rule->reason},
        {"evidence", &rule->evidence},
        {"status", &rule->status},
    };
    for (size_t i = 0; i < PL_COUNT(texts); i++)
        if (pl_str_is(option->key, texts[i].key)) {
            *texts[i].where = option->value.text;
            return true;
        }
    if (!pl_str_is(option->key, "in-metadata"))
        return pl_text_unknown(r, option->key, "a rule");
    rule->in_metadata = true;
    return true;
}

static bool read_rule_head(struct pl_text_reader *r, struct pl_abi_rule *rule)
{
    static const char *const kinds[] = {"conflicts", "requires", NULL};
    struct pl_textword id, versions, other;
    int kind;
    if (!read_word(r, "an id", &id) || !pl_text_name(r, &rule->package) ||
        !read_word(r, "a specifier", &versions) ||
        !pl_text_specifier(r, &versions, &rule->versions) ||
        !read_choice(r, kinds, &kind) || !pl_text_name(r, &rule->other) ||
        !read_word(r, "a specifier", &other) ||
        !pl_text_specifier(r, &other, &rule->other_versions))
        return false;
    rule->id = id.text;
    rule->span = pl_textline_span(&r->line, id.raw);
    rule->is_requires = kind == 1;
    return true;
}

static bool read_rule(struct pl_text_reader *r)
{
    struct pl_abi_rule *rule = pl_new(r->arena, struct pl_abi_rule);
    struct pl_textoption option;
    if (!read_rule_head(r, rule))
        return false;
    for (;;) {
        if (!pl_textline_option(&r->line, &option, r->err))
            return false;
        if (!option.key.len)
            break;
        if (!rule_option(r, rule, &option))
            return false;
    }
    pl_vec_push(r->arena, &r->rules, rule);
    return true;
}

/* ---- lines ---- */

static const struct {
    const char *name;
    bool (*read)(struct pl_text_reader *r);
} keywords[] = {
    {"podlock-problem", read_first},
    {"recorded", read_recorded},
    {"python", read_python},
    {"glibc", read_glibc},
    {"arch", read_arch},
    {"marker", read_variable},
    {"template", read_template},
    {"template-constraint", read_template_constraint},
    {"prerelease", read_prerelease},
    {"resolution", read_resolution},
    {"replace", read_replace},
    {"exclude-newer", read_exclude_newer},
    {"window", read_window},
    {"no-deps", read_no_deps},
    {"no-binary", read_no_binary},
    {"only-binary", read_only_binary},
    {"allow-replace", read_allow_replace},
    {"allow-break", read_allow_break},
    {"exclude", read_exclude},
    {"pin", read_pin},
    {"upgrade", read_upgrade},
    {"require", read_require},
    {"constraint", read_constraint},
    {"override", read_override},
    {"fact", read_fact},
    {"rule", read_rule},
    {"project", pl_text_read_project},
    {"absent", pl_text_read_absent},
};

static void finish_fact(struct pl_text_reader *r)
{
    struct pl_fact *fact = &r->facts.at[r->facts.len - 1];
    fact->requires = r->fact_requires.at;
    fact->require_count = r->fact_requires.len;
    r->fact_requires = (pl_requirement_vec){0};
    r->fact_open = false;
}

static bool finish_open(struct pl_text_reader *r)
{
    r->asked_open = NULL;
    if (r->fact_open)
        finish_fact(r);
    return !r->page || pl_text_finish_project(r);
}

static bool read_keyword(struct pl_text_reader *r)
{
    struct pl_textword word;
    if (!finish_open(r) || !read_word(r, "a keyword", &word))
        return false;
    struct pl_str name = pl_str_sub(word.raw, 0, pl_str_find(word.raw, '@'));
    for (size_t i = 0; i < PL_COUNT(keywords); i++)
        if (pl_str_is(name, keywords[i].name))
            return keywords[i].read(r);
    return pl_text_unknown(r, name, "a problem");
}

static bool read_line(struct pl_text_reader *r)
{
    if (r->line.indent == 0)
        return read_keyword(r);
    if (r->line.indent == 2 && r->asked_open)
        return read_hash(r);
    if (r->line.indent == 2 && r->fact_open)
        return read_fact_requires(r);
    if (r->line.indent == 2 && r->page)
        return pl_text_read_file(r);
    if (r->line.indent == 4 && r->page)
        return pl_text_read_metadata(r);
    return pl_error_set(r->err, PL_ERR_INPUT,
                        pl_textline_span(&r->line, r->line.whole),
                        "nothing that could be said here with %u spaces "
                        "before",
                        r->line.indent);
}

static bool read_lines(struct pl_text_reader *r)
{
    while (pl_textreader_next(&r->lines, &r->line)) {
        if (r->line.indent == 0 && pl_str_starts(r->line.whole, "expect")) {
            struct pl_str text = r->lines.source->text;
            size_t at = (size_t)(r->line.whole.at - text.at);
            r->out->rest = pl_str_sub(text, at, text.len);
            break;
        }
        if (!read_line(r))
            return false;
    }
    return finish_open(r);
}

/* ---- the whole ---- */

static int compare_facts(const void *a, const void *b)
{
    return pl_str_cmp(((const struct pl_fact *)a)->name,
                      ((const struct pl_fact *)b)->name);
}

static bool finish_template(struct pl_text_reader *r)
{
    struct pl_template *template = r->template;
    if (!template)
        return true;
    if (r->facts.len)
        qsort(r->facts.at, r->facts.len, sizeof(r->facts.at[0]), compare_facts);
    for (size_t i = 1; i < r->facts.len; i++)
        if (pl_str_eq(r->facts.at[i - 1].name, r->facts.at[i].name))
            return pl_error_set(r->err, PL_ERR_INPUT, r->facts.at[i].span,
                                "a second fact about %.*s",
                                PL_STR_ARG(r->facts.at[i].name));
    template->env = r->out->problem.env;
    template->facts = r->facts.at;
    template->fact_count = r->facts.len;
    template->constraints = r->template_constraints.at;
    template->constraint_count = r->template_constraints.len;
    r->out->problem.template = template;
    return true;
}

/* Variables of markers were read into the environment before it is made. */
static bool finish_env(struct pl_text_reader *r)
{
    struct pl_env *env = &r->out->problem.env, made;
    if (!pl_env_make(r->arena, r->python, r->glibc, r->arch, &made, r->err))
        return false;
    for (size_t i = 0; i < pl_text_variable_count; i++) {
        size_t offset = pl_text_variables[i].offset;
        const struct pl_str *said =
            (const struct pl_str *)((const char *)env + offset);
        if (said->len)
            *(struct pl_str *)((char *)&made + offset) = *said;
    }
    *env = made;
    r->out->problem.tags = pl_tags_make(r->arena, env);
    return true;
}

static bool finish(struct pl_text_reader *r)
{
    struct pl_problem *problem = &r->out->problem;
    struct pl_torch_family *family = pl_new(r->arena, struct pl_torch_family);
    if (!finish_env(r) || !finish_template(r) ||
        !pl_torch_family_load(r->arena, family, r->err))
        return false;
    problem->family = family;
    problem->rules = r->rules.at;
    problem->rule_count = r->rules.len;
    problem->asked = r->asked.at;
    problem->asked_count = r->asked.len;
    problem->constraints = r->constraints.at;
    problem->constraint_count = r->constraints.len;
    problem->overrides = r->overrides.at;
    problem->override_count = r->overrides.len;
    return true;
}

bool pl_problem_text_read(struct pl_arena *arena,
                          const struct pl_source *source,
                          struct pl_problem_text *out, struct pl_error *err)
{
    struct pl_problem_text text = {
        .problem = {.arena = arena, .policy = {.window = DEFAULT_WINDOW}},
        .index = pl_memory_open(arena),
        .source = source,
    };
    struct pl_text_reader r = {
        .arena = arena,
        .err = err,
        .out = &text,
        .lines = {.arena = arena, .source = source},
        .python = PL_STR("3.11"),
        .glibc = PL_STR("2.35"),
        .arch = PL_STR("x86_64"),
    };
    if (!read_lines(&r) || !finish(&r))
        return false;
    pl_memory_set_strict(text.index, text.recorded);
    *out = text;
    return true;
}

bool pl_problem_text_load(struct pl_arena *arena, struct pl_str path,
                          struct pl_problem_text *out, struct pl_error *err)
{
    struct pl_str text;
    if (!pl_file_load(arena, path, PL_MAX_OUTPUT_BYTES, &text, NULL, err))
        return false;
    return pl_problem_text_read(
        arena, pl_source_from_text(arena, pl_path_base(path), text), out, err);
}
