#include "container/preflight_script.h"

#include "container/preflight_script_text.h"
#include "core/utf8.h"
#include "pep/version.h"

/* ASCII whatever it holds; what is no UTF-8 shows as its bytes' numbers. */
static void add_literal(struct pl_buf *out, struct pl_str text)
{
    uint32_t code;
    pl_buf_add_char(out, '\'');
    while (text.len) {
        (void)pl_utf8_take(&text, &code);
        if (code == '\'' || code == '\\')
            pl_buf_addf(out, "\\%c", (char)code);
        else if (code >= ' ' && code < 0x7f)
            pl_buf_add_char(out, (char)code);
        else if (code < 0x100)
            pl_buf_addf(out, "\\x%02x", code);
        else
            pl_buf_addf(out, code < 0x10000 ? "\\u%04x" : "\\U%08x", code);
    }
    pl_buf_add_char(out, '\'');
}

static void add_constant(struct pl_buf *out, const char *name,
                         struct pl_str value)
{
    pl_buf_addf(out, "%s = ", name);
    add_literal(out, value);
    pl_buf_add_char(out, '\n');
}

static void add_row(struct pl_buf *out, struct pl_str name,
                    struct pl_str version)
{
    pl_buf_add_cstr(out, "    (");
    add_literal(out, name);
    pl_buf_add_cstr(out, ", ");
    add_literal(out, version);
    pl_buf_add_cstr(out, "),\n");
}

static bool has_entry(const struct pl_lock *lock, struct pl_str name)
{
    for (size_t i = 0; i < lock->package_count; i++)
        if (pl_str_eq(lock->packages[i].name, name))
            return true;
    return false;
}

/* What the lock relies on, and the template's torch; not what is replaced. */
static void add_kept(struct pl_buf *out, const struct pl_lock *lock,
                     const struct pl_template *t)
{
    pl_buf_add_cstr(out, "KEPT = [  # of the image\n");
    for (size_t i = 0; i < lock->provided_count; i++)
        add_row(out, lock->provided[i].name, lock->provided[i].version);
    for (size_t i = 0; t && i < t->fact_count; i++) {
        const struct pl_fact *fact = &t->facts[i];
        bool told =
            fact->protect != PL_PROTECT_LOCKED || has_entry(lock, fact->name);
        for (size_t k = 0; !told && k < lock->provided_count; k++)
            told = pl_str_eq(lock->provided[k].name, fact->name);
        if (!told)
            add_row(out, fact->name, fact->version.text);
    }
    pl_buf_add_cstr(out, "]\n");
}

/* A lock of podlock's has no markers; another's is asked where it says so. */
static void add_locked(struct pl_buf *out, const struct pl_lock *lock)
{
    pl_buf_add_cstr(out, "LOCKED = [\n");
    for (size_t i = 0; i < lock->package_count; i++)
        if (!lock->packages[i].marker.len)
            add_row(out, lock->packages[i].name, lock->packages[i].version);
    pl_buf_add_cstr(out, "]\n");
}

static struct pl_str torch_of(const struct pl_lock *lock,
                              const struct pl_template *t)
{
    const struct pl_fact *fact =
        t ? pl_template_fact(t, PL_STR("torch")) : NULL;
    for (size_t i = 0; i < lock->package_count; i++)
        if (pl_str_is(lock->packages[i].name, "torch"))
            return lock->packages[i].version;
    for (size_t i = 0; i < lock->provided_count; i++)
        if (pl_str_is(lock->provided[i].name, "torch"))
            return lock->provided[i].version;
    return fact ? fact->version.text : PL_STR("");
}

/* "12.8" of 2.8.0+cu128; other torches do not say it. */
static void add_cuda(struct pl_buf *out, struct pl_str torch)
{
    size_t plus = pl_str_find_str(torch, PL_STR("+cu"));
    struct pl_str digits = pl_str_sub(torch, plus + 3, torch.len);
    uint64_t number;
    pl_buf_add_cstr(out, "CUDA = '");
    if (digits.len == 3 && pl_str_to_u64(digits, &number))
        pl_buf_addf(out, "%u.%u", (unsigned)(number / 10),
                    (unsigned)(number % 10));
    pl_buf_add_cstr(out, "'  # of torch; empty: not known\n");
}

/* "3.12" of "==3.12.*". */
static struct pl_str python_of(const struct pl_lock *lock,
                               const struct pl_template *t)
{
    struct pl_str text = lock->requires_python;
    if (t)
        return t->env.python_version;
    if (!pl_str_starts(text, "==") || !pl_str_ends(text, ".*"))
        return PL_STR("");
    return pl_str_sub(text, 2, text.len - 2);
}

void pl_preflight_script(const struct pl_lock *lock,
                         const struct pl_template *template, struct pl_buf *out)
{
    struct pl_str torch = torch_of(lock, template);
    pl_buf_add_cstr(
        out, "#!/usr/bin/env python3\n"
             "\"\"\"Do the packages of a lock work here? Made by `podlock "
             "preflight --script`.\n\nusage: python3 FILE [--no-gpu]\n\n"
             "Exit code 1 when something is not as the lock says.\n\"\"\"\n"
             "import importlib\nimport re\nimport sys\n"
             "from importlib import metadata\n\n");
    add_constant(out, "TEMPLATE", lock->template_id);
    add_constant(out, "PYTHON", python_of(lock, template));
    add_constant(out, "TORCH", torch);
    add_cuda(out, torch);
    add_kept(out, lock, template);
    add_locked(out, lock);
    pl_buf_add_cstr(out, "\n\n");
    pl_buf_add_cstr(out, pl_preflight_check_py);
}
