// Options: the form of the results.
#include "options/option_groups.hpp"
#include "options/option_values.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace prun::app {
namespace {

using Format = OutputOptions::Format;

/// The name is one of the entry's choices.
Format format_named(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, Format>, 6> formats{{{"json", Format::json},
                                                                               {"jsonl", Format::jsonl},
                                                                               {"csv", Format::csv},
                                                                               {"tsv", Format::tsv},
                                                                               {"raw", Format::raw},
                                                                               {"junit", Format::junit}}};
  for (const auto& [known, format] : formats) {
    if (known == name) return format;
  }
  return Format::text;
}

constexpr Option options[] = {
    {.names = "--output",
     .value = "FORMAT",
     .help = "text, json, jsonl, csv, tsv, raw or junit",
     .details = R"(
Print results in this format: `text` (the default), `json` (one array), `jsonl` (one object per line), `csv` (RFC 4180, with
a header), `tsv`, `raw` (the output of commands, and other results as bare text), or `junit` (a test report in XML for CI services: a
test case for each task, with the failure and the output of a command).

`json`, `jsonl`, `csv` and `tsv` have for each task its index, id, function, arguments, result or error, the time (UTC)
when its last attempt started, the duration in seconds, the process id of the worker, and the number of the attempt.
For a command with inputs, `csv` and `tsv` have a column for each input, named by --header or `arg1` and so on, the exit status, the
signal that ended the command, and its complete standard output and standard error.

`json` and `jsonl` also have the resource usage: CPU time in seconds, peak memory in bytes, and page faults.

JSON has no numbers for NaN and infinity. They are printed as the strings `"NaN"`, `"Infinity"` and `"-Infinity"`. Bytes are
printed in Base64.
)",
     .completes = Completes::choices,
     .choices = "text json jsonl csv tsv raw junit",
     .take = [](OptionValues& to, const Given& given) { to.output.format = format_named(given.text); }},
    {.names = "--output",
     .value = "FORMAT",
     .words = words::functions | words::journal,
     .help = "text (default) or json",
     .details = "Print the report as `text` (the default) or as `json`.",
     .completes = Completes::choices,
     .choices = "text json",
     .take = [](OptionValues& to, const Given& given) { to.json = given.text == "json"; }},
    {.names = "--color",
     .also = "--colour",
     .value = "WHEN",
     .implied = "auto",
     .help = "colour failures and tags: auto, always, never",
     .details = R"(
Print failures in red, and the tags of --tag in cyan. With `auto`, the default, only a terminal gets colours, and none if
`$NO_COLOR` is set, or if `$TERM` is `dumb` or not set.
)",
     .completes = Completes::choices,
     .choices = "auto always never",
     .take =
         [](OptionValues& to, const Given& given) {
           to.color = given.text == "always"  ? ColorChoice::always
                      : given.text == "never" ? ColorChoice::never
                                              : ColorChoice::automatic;
         }},
    {.names = "--format",
     .value = "TEMPLATE",
     .help = "one line per task: '{time} {args} {result}'",
     .details = R"(
Print one line per task, with the fields `{time}`, `{index}`, `{id}`, `{function}`, `{args}`, `{kwargs}`, `{call}`,
`{result}`, `{error}`, `{kind}`, `{started}`, `{duration}`, `{worker}`, `{attempt}` and `{host}`.

A field may have a width and an alignment, as in `{args:>3}` or `{index:06}`. Write `{{` and `}}` for braces, `\n` for a newline
and `\t` for a tab.

If the template contains `{error}` or `{kind}`, failed tasks are printed with it. Otherwise they are reported on standard
error, and only the output of a failed command, its `{result}`, is printed with the template.
)",
     .take = [](OptionValues& to, const Given& given) { to.output.format_template = given.text; }},
};

}  // namespace

constinit const OptionGroup groups::output{"Output", options};

}  // namespace prun::app
