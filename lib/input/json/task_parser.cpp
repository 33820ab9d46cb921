// Reads a task from the value of its text. It searches the position of a fault only if there is one.
#include "input/json/task_parser.hpp"

#include "function/edit_distance.hpp"
#include "input/json/json_text.hpp"
#include "wire/json.hpp"
#include "wire/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace prun {
namespace {

constexpr std::array<std::string_view, 9> known_keys = {"function", "args",  "kwargs", "id", "cmd",
                                                        "sh",       "stdin", "cwd",    "env"};
constexpr std::string_view forms = R"(a task is {"function": "fib", "args": [8]} or ["fib", 8])";

bool is_command_option(std::string_view key) { return key == "stdin" || key == "cwd" || key == "env"; }

const char* with_article(wire::Kind kind) {
  switch (kind) {
    case wire::Kind::null: return "null";
    case wire::Kind::boolean: return "a boolean";
    case wire::Kind::integer:
    case wire::Kind::decimal:
    case wire::Kind::unsigned_integer: return "an integer";
    case wire::Kind::floating: return "a number";
    case wire::Kind::string: return "a string";
    case wire::Kind::array: return "an array";
    case wire::Kind::map: return "an object";
    case wire::Kind::binary: return "bytes";
  }
  return "something else";
}

tl::unexpected<TextError> error(std::string message, std::size_t offset) {
  return tl::unexpected(TextError{std::move(message), offset});
}

std::size_t start_of(std::string_view json) { return std::min(json.find_first_not_of(json_space), json.size()); }

MemberPlace place_of(std::string_view json, std::string_view key) {
  return find_member(json, key).value_or(MemberPlace{start_of(json), start_of(json)});
}

std::string describe_unknown_key(std::string_view key) {
  constexpr std::string_view all =
      R"(a task has "function", "args", "kwargs" and "id"; a command's "cmd" or "sh", "stdin", "cwd", "env" and "id")";
  if (key.size() > 32) return fmt::format("unknown key; {}", all);
  const auto* nearest = std::min_element(known_keys.begin(), known_keys.end(),
                                         [&](auto a, auto b) { return edit_distance(key, a) < edit_distance(key, b); });
  const bool near = edit_distance(key, *nearest) <= std::max<std::size_t>(1, nearest->size() / 3);
  return fmt::format("unknown key \"{}\"; {}", printable_line(key),
                     near ? fmt::format("did you mean \"{}\"?", *nearest) : std::string(all));
}

tl::unexpected<TextError> repeated_key(std::string_view json, std::size_t at) {
  constexpr std::size_t longest = 32;
  const std::string_view key = json.substr(at + 1, json.find('"', at + 1) - at - 1);
  return error(fmt::format("a task has the key \"{}\" twice", printable_line(key.substr(0, longest))), at);
}

/// A program or the system would stop reading the text at a NUL byte.
bool holds_nul(wire::ValueReader& reader) {
  switch (reader.peek()) {
    case wire::Kind::string: return reader.string().find('\0') != std::string_view::npos;
    case wire::Kind::array: {
      bool found = false;
      for (std::uint32_t left = reader.array(); left > 0; --left) found = holds_nul(reader) || found;
      return found;
    }
    case wire::Kind::map: {
      bool found = false;
      for (std::uint32_t left = reader.map(); left > 0; --left) {
        found = reader.string().find('\0') != std::string_view::npos || found;
        found = holds_nul(reader) || found;
      }
      return found;
    }
    default: reader.skip(); return false;
  }
}

/// For a member of a command: all but its standard input are texts that NUL ends.
tl::expected<void, TextError> refuse_nul(std::string_view json, std::string_view key, std::string_view value) {
  if (key == "stdin" || key == "id") return {};
  if (wire::ValueReader reader(value); !holds_nul(reader)) return {};
  return error(fmt::format("\"{}\" has a NUL byte (\\u0000), which the system cannot pass to a command", key),
               place_of(json, key).value);
}

}  // namespace

TaskParser::Result TaskParser::parse(std::string_view json, Task& task) {
  task.kwargs.clear();
  task.defect.clear();
  if (quick_.read(json)) {
    task.function = finder_.find(quick_.function());
    if (task.function != nullptr) {
      quick_.swap_args(task.args);
      task.id.assign(quick_.id());
      if (bind(task)) return {};
    }
  }
  task.id.clear();
  value_.clear();
  auto parsed = wire::parse_json(json, value_);
  if (!parsed) return error(std::move(parsed.error().message), parsed.error().offset);
  if (parsed->repeated_key != std::string_view::npos) return repeated_key(json, parsed->repeated_key);
  if (parsed->big_integer) task.defect = describe_big_integer(json);
  switch (const wire::Kind kind = wire::ValueReader(value_).peek()) {
    case wire::Kind::map: return parse_object(json, task);
    case wire::Kind::array: return parse_short_form(json, task);
    default: return error(fmt::format("a task cannot be {}; {}", with_article(kind), forms), start_of(json));
  }
}

TaskParser::Result TaskParser::parse_object(std::string_view json, Task& task) {
  task.function = nullptr;
  task.args.clear();
  wire::ValueWriter(task.args).array(0);
  wire::ValueReader reader(value_);
  const std::uint32_t members = reader.map();
  if (wire::ValueReader whole(value_); names_command(whole)) return parse_command(json, task);
  for (std::uint32_t left = members; left > 0; --left) {
    const std::string_view key = reader.string();
    if (auto member = parse_member(json, key, reader.skip(), task); !member) return member;
  }
  if (task.function == nullptr) return error(fmt::format("\"function\" is missing; {}", forms), start_of(json));
  if (auto bound = bind(task); !bound) {
    const auto place = find_member(json, "args");
    return error(std::move(bound.error()), place ? place->value : start_of(json));
  }
  return {};
}

bool TaskParser::names_command(wire::ValueReader reader) {
  for (std::uint32_t left = reader.map(); left > 0; --left) {
    const std::string_view key = reader.string();
    if (key == "cmd" || key == "sh") return true;
    reader.skip();
  }
  return false;
}

/// The variables of a command with PRUN_ID, unless they have it or a variable cannot hold the id.
/// @param env a map; empty: there are none, and the result may be empty too
std::string with_id(std::string_view env, std::string_view id) {
  std::uint32_t count = 0;
  std::string_view variables;
  const wire::Kind kind = env.empty() ? wire::Kind::null : wire::ValueReader(env).peek();
  if (kind != wire::Kind::null && kind != wire::Kind::map) return std::string(env);  // whose type is refused later
  if (kind == wire::Kind::map) {
    wire::ValueReader reader(env);
    count = reader.map();
    variables = reader.rest();
    for (std::uint32_t left = count; left > 0; --left) {
      if (reader.string() == "PRUN_ID") return std::string(env);
      reader.skip();
    }
  }
  std::string text;
  if (wire::ValueReader reader(id); reader.peek() == wire::Kind::string) {
    text = reader.string();
  } else {
    wire::append_json(text, id);
  }
  if (text.find('\0') != std::string::npos) return std::string(env);
  std::string made;
  wire::ValueWriter writer(made);
  writer.map(count + 1);
  writer.raw(variables);
  writer.string("PRUN_ID");
  writer.string(text);
  return made;
}

// {"cmd": [...], "stdin": ...} is short for {"function": "command", "args": [[...]], "kwargs": {"stdin": ...}}.
TaskParser::Result TaskParser::parse_command(std::string_view json, Task& task) {
  std::uint32_t options = 0;
  std::string keywords;
  std::string_view env;
  wire::ValueReader reader(value_);
  for (std::uint32_t left = reader.map(); left > 0; --left) {
    const std::string_view key = reader.string();
    const std::string_view value = reader.skip();
    if (auto refused = refuse_nul(json, key, value); !refused) return refused;
    if (key == "cmd" || key == "sh") {
      if (task.function != nullptr) return error("a task has \"cmd\" or \"sh\", not both", place_of(json, key).key);
      const std::string_view name = key == "cmd" ? "command" : "shell";
      task.function = finder_.find(name);
      if (task.function == nullptr) return error(finder_.describe_unknown(name), place_of(json, key).key);
      task.args.clear();
      wire::ValueWriter(task.args).array(1);
      task.args += value;
    } else if (key == "env") {
      env = value;
    } else if (is_command_option(key)) {
      wire::ValueWriter(keywords).string(key);
      keywords += value;
      ++options;
    } else if (key == "id") {
      if (wire::ValueReader(value).peek() != wire::Kind::null) task.id = value;
    } else {
      const bool known = std::find(known_keys.begin(), known_keys.end(), key) != known_keys.end();
      return error(known ? fmt::format("a command has no \"{}\"", key) : describe_unknown_key(key),
                   place_of(json, key).key);
    }
  }
  if (const std::string variables = task.id.empty() ? std::string(env) : with_id(env, task.id); !variables.empty()) {
    wire::ValueWriter(keywords).string("env");
    keywords += variables;
    ++options;
  }
  if (options > 0) {
    wire::ValueWriter(task.kwargs).map(options);
    task.kwargs += keywords;
  }
  if (auto bound = bind(task); !bound) return error(std::move(bound.error()), start_of(json));
  return {};
}

TaskParser::Result TaskParser::parse_member(std::string_view json, std::string_view key, std::string_view value,
                                            Task& task) {
  wire::ValueReader reader(value);
  const wire::Kind kind = reader.peek();
  const auto wrong_type = [&](const char* wanted) {
    return error(fmt::format("\"{}\" must be {}, got {}", key, wanted, with_article(kind)), place_of(json, key).value);
  };
  if (key == "function") {
    if (kind != wire::Kind::string) return wrong_type("a string, the function's name");
    const std::string_view name = reader.string();
    task.function = finder_.find(name);
    if (task.function == nullptr) return error(finder_.describe_unknown(name), place_of(json, key).value);
    return {};
  }
  if (key == "args") {
    if (kind != wire::Kind::array) return wrong_type("an array");
    task.args = value;
  } else if (key == "kwargs") {
    if (kind != wire::Kind::map) return wrong_type("an object");
    if (reader.map() > 0) task.kwargs = value;
  } else if (key == "id") {
    if (kind != wire::Kind::null) task.id = value;
  } else {
    return error(describe_unknown_key(key), place_of(json, key).key);
  }
  return {};
}

TaskParser::Result TaskParser::parse_short_form(std::string_view json, Task& task) {
  wire::ValueReader reader(value_);
  const std::uint32_t size = reader.array();
  if (size == 0) return error(fmt::format("a task needs its function's name; {}", forms), start_of(json));
  if (const wire::Kind kind = reader.peek(); kind != wire::Kind::string) {
    return error(fmt::format("a task's first element must be a string, the function's name, got {}; {}",
                             with_article(kind), forms),
                 find_element(json, 0).value_or(0));
  }
  const std::string_view name = reader.string();
  task.function = finder_.find(name);
  if (task.function == nullptr) return error(finder_.describe_unknown(name), find_element(json, 0).value_or(0));
  task.args.clear();
  wire::ValueWriter(task.args).array(size - 1);
  task.args += reader.rest();
  if (auto bound = bind(task); !bound) {
    return error(std::move(bound.error()), find_element(json, size > 1 ? 1 : 0).value_or(0));
  }
  return {};
}

}  // namespace prun
