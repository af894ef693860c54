/*
 * A foreign string for its medium: there is no other way to print one.
 *
 * Foreign is every string that did not come from podlock's own code: names,
 * versions, URLs, file names, markers, messages of libraries, user input.
 * Each function appends the string so that its reader gets the same text back,
 * or, where the medium has no escapes, a visible replacement that cannot
 * change its structure. Invalid UTF-8 is shown as \xHH (or U+FFFD in JSON and
 * TOML). "Control" below: C0, DEL, C1, U+2028/2029, bidirectional controls
 * (U+061C, U+200E/F, U+202A-E, U+2066-9), and what no reader can see:
 * zero-width characters, fillers, U+E0000-E0FFF (tags).
 *
 * User names and passwords of URLs come out as *** (core/mask.h), everywhere.
 *
 * A terminal's text is for eyes: a backslash of the string stays as it is, so
 * that text cannot be read back. Everything else can.
 */
#ifndef PODLOCK_CORE_ESCAPE_H
#define PODLOCK_CORE_ESCAPE_H

#include "core/buf.h"
#include "core/str.h"

/*
 * Terminal or plain log: controls and newlines as \n, \t, \xHH, \u{HHHH}. What
 * GitHub takes for a command in a log ("::error", "##[error]") has one more
 * escape.
 */
void pl_escape_terminal(struct pl_buf *out, struct pl_str s);
/* The same, newlines kept (for messages of several lines). */
void pl_escape_terminal_lines(struct pl_buf *out, struct pl_str s);
/* A TOML basic string with its quotes; controls \n, \uXXXX, \UXXXXXXXX. */
void pl_escape_toml(struct pl_buf *out, struct pl_str s);
/* A JSON string with its quotes; non-ASCII stays UTF-8, controls \uXXXX. */
void pl_escape_json(struct pl_buf *out, struct pl_str s);
/*
 * Inside a `#` comment of TOML or requirements.txt: stays on the line. As on
 * the terminal, and a backslash is \x5c: pip joins a line that ends with one
 * to the next. pip also looks for "coding:" in comments of a file's first two
 * lines: no foreign string belongs there.
 */
void pl_escape_comment(struct pl_buf *out, struct pl_str s);
/*
 * An argument of a POSIX shell command: quoted only when it must be. With
 * controls or invalid UTF-8 it becomes $'...' (bash, zsh, ksh, POSIX 2024),
 * which a shell that does not know it takes for harmless text. NUL, which no
 * argument can hold, becomes U+FFFD.
 */
void pl_escape_shell(struct pl_buf *out, struct pl_str s);
/*
 * In a command that a GitHub workflow reads from a log, "::error file=F::text":
 * as on the terminal, newlines and percent signs as %0A and %25; a property (F)
 * also has its colons and commas as %3A and %2C.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
void pl_escape_github(struct pl_buf *out, struct pl_str s);
void pl_escape_github_property(struct pl_buf *out, struct pl_str s);
/*
 * In a line of Markdown, also in a cell of a table or inside <code>: as on the
 * terminal, and every character that could mean something to Markdown, HTML
 * or GitHub (mentions, #1, www.) as an entity. Not at the beginning of a line.
 * https://github.github.com/gfm/
 */
void pl_escape_markdown(struct pl_buf *out, struct pl_str s);

#endif
