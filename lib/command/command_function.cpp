#include "command/command_function.hpp"

#include "command/command_result.hpp"
#include "command/command_words.hpp"
#include "sys/error.hpp"
#include "wire/json.hpp"
#include "wire/value.hpp"

#include <prun/error.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace prun::command {
namespace {

using wire::Kind;
using wire::ValueReader;
using wire::ValueWriter;

/// The member of a map; empty if there is none.
std::string_view member(std::string_view map, std::string_view name) {
  if (map.empty()) return {};
  ValueReader reader(map);
  for (std::uint32_t left = reader.map(); left > 0; --left) {
    const std::string_view key = reader.string();
    const std::string_view value = reader.skip();
    if (key == name) return value;
  }
  return {};
}

// The system would truncate the text there.
void refuse_nul(std::string_view text, const std::string& what) {
  if (const auto at = text.find('\0'); at != std::string_view::npos)
    throw ArgumentError(what + " contains a NUL byte at offset " + std::to_string(at));
}

/// @param what the kind of text; messages add its number, from `first` on
std::vector<std::string> texts_of(std::string_view args, const char* what, std::size_t first) {
  ValueReader reader(args);
  std::vector<std::string> texts(reader.array());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    texts[i] = input_text(reader.skip());
    if (texts[i].find('\0') != std::string::npos)
      refuse_nul(texts[i], std::string(what) + '[' + std::to_string(i + first) + ']');
  }
  return texts;
}

std::string_view optional_string(std::string_view value, const char* what) {
  ValueReader reader(value);
  if (reader.peek() == Kind::null) return {};
  if (reader.peek() != Kind::string) throw ArgumentError(std::string(what) + " must be a string");
  return reader.string();
}

std::string null_value() {
  std::string value;
  ValueWriter(value).null();
  return value;
}

Signature signature_of_given(const char* first, ParameterType type) {
  Signature signature;
  signature.parameters = {{first, type, std::nullopt},
                          {"stdin", ParameterType::string, null_value()},
                          {"cwd", ParameterType::string, null_value()},
                          {"env", ParameterType::object, null_value()}};
  signature.result = "object";
  return signature;
}

Signature signature_of_template() {
  Signature signature;
  signature.open = true;
  signature.more_arguments = true;
  signature.parameters = {};
  signature.more_keywords = true;
  signature.result = "object";
  return signature;
}

std::vector<std::string> words_of(std::string_view value) {
  ValueReader reader(value);
  if (reader.peek() == Kind::array) return texts_of(value, "cmd", 0);
  if (reader.peek() != Kind::string) throw ArgumentError("cmd must be an array of strings, or a string");
  const std::string_view text = reader.string();
  refuse_nul(text, "cmd");
  auto words = split_words(text);
  if (!words) throw ArgumentError("cmd: " + words.error().message);
  return std::move(*words);
}

/// Messages shorten a long call. They must still show the inputs, which distinguish it from others.
constexpr std::size_t longest_script_before_inputs = 200;

/// Sets the variables from which a command learns what task it is. Names of prun count from 0, as its outputs do, and names of
/// GNU parallel from 1. Variables that the task itself sets stay unchanged.
void tell_task(const CallContext& context, std::vector<std::pair<std::string, std::string>>& environment) {
  const std::size_t own = environment.size();
  const auto has = [&](std::string_view name) {
    return std::any_of(environment.begin(), environment.begin() + static_cast<std::ptrdiff_t>(own),
                       [name](const auto& variable) { return variable.first == name; });
  };
  const auto set = [&](std::string_view name, std::uint64_t value) {
    if (!has(name)) environment.emplace_back(name, std::to_string(value));
  };
  set("PRUN_TASK", context.index);
  set("PRUN_ATTEMPT", context.attempt);
  set("PRUN_WORKER", context.slot);
  set("PRUN_SEED", context.seed);
  if (!has("PRUN_ID")) environment.emplace_back("PRUN_ID", "");  // not that of a prun outside
  set("PARALLEL_SEQ", context.index + 1);
  set("PARALLEL_JOBSLOT", std::uint64_t{context.slot} + 1);
}

std::string text_of(const CommandLine& line) {
  if (line.is_script) return line.arguments[2];
  if (line.words_of_shell == 0) return join_words(line.arguments);
  return join_words({line.arguments.begin() + static_cast<std::ptrdiff_t>(line.words_of_shell), line.arguments.end()});
}

FilePlace place_of(std::string_view range) {
  ValueReader reader(range);
  if (reader.array() != 2) throw ArgumentError("not a place in the input");
  const std::uint64_t offset = reader.unsigned_integer();
  return {offset, reader.unsigned_integer()};
}

/// `command` and `shell`: the call contains everything.
class GivenCommand final : public CommandFunction {
 public:
  GivenCommand(bool shell, const CommandSurroundings& surroundings)
      : CommandFunction(
            shell ? "shell" : "command",
            shell ? "runs a script of the shell /bin/sh" : "runs a program with its arguments",
            signature_of_given(shell ? "script" : "cmd", shell ? ParameterType::string : ParameterType::any),
            surroundings),
        shell_(shell) {}

 private:
  [[nodiscard]] CommandLine line_of(std::string_view args, const CallContext&) const override {
    ValueReader reader(args);
    if (reader.array() != 4) throw ArgumentError("not the arguments of a command");
    CommandLine line;
    const std::string_view command = reader.skip();
    if (shell_) {
      line.arguments = {"/bin/sh", "-c", input_text(command)};
      refuse_nul(line.arguments.back(), "script");
      line.is_script = true;
    } else {
      line.arguments = words_of(command);
    }
    if (line.arguments.empty()) throw ArgumentError("cmd is empty; it must name a program");
    line.standard_input = optional_string(reader.skip(), "stdin");
    if (const auto directory = optional_string(reader.skip(), "cwd"); !directory.empty()) line.directory = directory;
    if (line.directory) refuse_nul(*line.directory, "cwd");
    read_environment(reader, line);
    return line;
  }

  static void read_environment(ValueReader& reader, CommandLine& line) {
    if (reader.peek() == Kind::null) return;
    for (std::uint32_t left = reader.map(); left > 0; --left) {
      const std::string_view name = reader.string();
      refuse_nul(name, "a name in env");
      if (name.empty() || name.find('=') != std::string_view::npos)
        throw ArgumentError("env has the name '" + std::string(name) + "', which no variable can have");
      line.environment.emplace_back(name, input_text(reader.skip()));
      refuse_nul(line.environment.back().second, "env." + std::string(name));
    }
  }

  bool shell_;
};

}  // namespace

std::string input_text(std::string_view value) {
  ValueReader reader(value);
  switch (reader.peek()) {
    case Kind::string: return std::string(reader.string());
    case Kind::integer:
    case Kind::unsigned_integer:
    case Kind::decimal:
    case Kind::floating:
    case Kind::boolean: {
      std::string text;
      wire::append_json(text, value);
      return text;
    }
    case Kind::null:
    case Kind::binary:
    case Kind::array:
    case Kind::map: break;
  }
  std::string text;
  wire::append_json(text, value);
  throw ArgumentError("a command takes strings and numbers, not " + text);
}

std::vector<std::string> input_texts(std::string_view args) {
  ValueReader reader(args);
  std::vector<std::string> texts(reader.array());
  for (std::string& text : texts) text = input_text(reader.skip());
  return texts;
}

std::string CommandFunction::call_text(std::string_view args, std::string_view kwargs) const {
  try {
    CallContext context;
    context.kwargs = kwargs;
    return text_of(line_of(args, context));
  } catch (const std::exception&) {
    return {};  // then messages show the call as any other
  }
}

std::uint64_t CommandFunction::input_size(std::string_view args, std::string_view kwargs) const {
  try {
    CallContext context;
    context.kwargs = kwargs;
    const CommandLine line = line_of(args, context);
    return line.standard_input.size() + line.input_place.size;
  } catch (const std::exception&) {
    return 0;
  }
}

void CommandFunction::call(std::string_view args, const CallContext& context, std::string& result) const {
  CommandLine line = line_of(args, context);
  tell_task(context, line.environment);
  if (surroundings_->trace) {
    const std::string text = text_of(line) + '\n';  // in one call, so that lines of workers do not mix
    static_cast<void>(sys::retry_interrupted([&] { return ::write(STDERR_FILENO, text.data(), text.size()); }));
  }
  const bool tagged = surroundings_->streams == Streams::by_line && surroundings_->tag;
  const std::string tag = tagged ? surroundings_->tag->of(args, context.index) : std::string();
  run_command(line, *surroundings_, context.index, tag, result);
}

TemplateCommand::TemplateCommand(std::string name, CommandTemplate parsed, const CommandSurroundings& surroundings,
                                 bool dry_run)
    : CommandFunction(std::move(name), "", signature_of_template(), surroundings),
      template_(std::move(parsed)),
      dry_run_(dry_run) {}

CommandLine TemplateCommand::line_of(std::string_view args, const CallContext& context) const {
  const std::vector<std::string> inputs = texts_of(args, "input", 1);
  Filling filling = Filling::of_task(inputs, context.index);
  filling.slot = context.slot + 1;
  filling.total = total_;
  filling.slots = slots_;
  CommandLine line;
  line.arguments = template_.expand(filling);
  line.is_script = template_.is_script();
  line.words_of_shell = template_.words_of_shell();
  if (directory_) line.directory = directory_->expand_name(filling);
  if (const auto input = member(context.kwargs, "stdin"); !input.empty()) {
    line.standard_input = optional_string(input, "stdin");
  }
  if (const auto range = member(context.kwargs, "range"); !range.empty()) line.input_place = place_of(range);
  return line;
}

std::string TemplateCommand::call_text(std::string_view args, std::string_view kwargs) const {
  std::string text = CommandFunction::call_text(args, kwargs);
  if (text.empty() || !template_.is_script() || template_.has_place_for_inputs()) return text;
  const std::vector<std::string> inputs = texts_of(args, "input", 1);
  if (inputs.empty()) return text;
  if (text.size() > longest_script_before_inputs) {
    std::size_t end = longest_script_before_inputs;
    while ((static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) --end;  // do not cut a character
    text.replace(end, std::string::npos, "...");
  }
  return text + (inputs.size() == 1 ? " (input: " : " (inputs: ") + join_words(inputs) + ')';
}

std::uint64_t TemplateCommand::input_size(std::string_view args, std::string_view kwargs) const {
  return kwargs.empty() ? 0 : CommandFunction::input_size(args, kwargs);
}

void TemplateCommand::call(std::string_view args, const CallContext& context, std::string& result) const {
  if (!dry_run_) return CommandFunction::call(args, context, result);
  const CommandLine command = line_of(args, context);
  // A script that reads its inputs as parameters means nothing without them.
  const bool whole = command.is_script && !template_.has_place_for_inputs() && !texts_of(args, "input", 1).empty();
  const std::string line = (whole ? join_words(command.arguments) : text_of(command)) + '\n';
  CommandResult would_be;
  would_be.out.bytes = line;
  encode_result(would_be, result);
}

std::vector<std::unique_ptr<Function>> given_commands(const CommandSurroundings& surroundings) {
  std::vector<std::unique_ptr<Function>> functions;
  functions.push_back(std::make_unique<GivenCommand>(false, surroundings));
  functions.push_back(std::make_unique<GivenCommand>(true, surroundings));
  return functions;
}

}  // namespace prun::command
