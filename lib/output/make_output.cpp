// See make_output.hpp.
#include "output/make_output.hpp"

#include "output/command_table.hpp"
#include "output/delimited_output.hpp"
#include "output/format_template.hpp"
#include "output/json_output.hpp"
#include "output/junit_output.hpp"
#include "output/raw_output.hpp"
#include "output/readable_commands.hpp"
#include "output/saved_output.hpp"
#include "output/template_output.hpp"
#include "output/text_output.hpp"

#include <stdexcept>
#include <utility>

namespace prun {

namespace {

std::unique_ptr<Listener> make_value_output(const OutputOptions& options, OutputBuffer& out, OutputBuffer& err) {
  if (options.format_template) {
    auto parsed = parse_template(*options.format_template);
    if (!parsed) throw std::invalid_argument(to_string(parsed.error()));
    return std::make_unique<TemplateOutput>(std::move(*parsed), options, out, err);
  }
  switch (options.format) {
    case Format::json: return std::make_unique<JsonOutput>(JsonOutput::Frame::array, out);
    case Format::jsonl: return std::make_unique<JsonOutput>(JsonOutput::Frame::lines, out);
    case Format::csv: return std::make_unique<DelimitedOutput>(Dialect::csv, out);
    case Format::tsv: return std::make_unique<DelimitedOutput>(Dialect::tsv, out);
    case Format::junit:
    case Format::text:
    case Format::raw: break;
  }
  return nullptr;
}

}  // namespace

std::unique_ptr<Listener> make_output(const OutputOptions& options, OutputBuffer& out, OutputBuffer& err,
                                      command::SpilledFiles* files) {
  if (options.saves_files) return std::make_unique<SavedOutput>(options, out, err, files);
  const bool table = !options.format_template && (options.format == Format::csv || options.format == Format::tsv);
  if (options.commands && table) {
    const Dialect dialect = options.format == Format::csv ? Dialect::csv : Dialect::tsv;
    return std::make_unique<CommandTable>(dialect, options.column_names, out, files, CommandTable::Files::used_up);
  }
  if (auto values = make_value_output(options, out, err)) {
    const bool objects =
        !options.format_template && (options.format == Format::json || options.format == Format::jsonl);
    const auto form = objects ? ReadableCommands::Form::object : ReadableCommands::Form::text;
    return std::make_unique<ReadableCommands>(std::move(values), form, out, err, files);
  }
  if (options.format == Format::junit) return std::make_unique<JunitOutput>(out, files);
  if (options.format == Format::raw) return std::make_unique<RawOutput>(options, out, err, files);
  return std::make_unique<TextOutput>(options, out, err, files);
}

}  // namespace prun
