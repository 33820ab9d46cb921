// `prun functions`; see functions_command.hpp.
#include "functions_command.hpp"

#include "exit_status.hpp"
#include "help/text_layout.hpp"
#include "known_functions.hpp"
#include "usage_error.hpp"

#include "event/printable.hpp"
#include "output/output_buffer.hpp"
#include "wire/json.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace prun::app {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view text) {
  wire::append_json_string(out, name);
  out += ": ";
  wire::append_json_string(out, text);
}

void append_parameter(std::string& out, const Parameter& parameter) {
  out += '{';
  append_member(out, "name", parameter.name);
  out += ", ";
  append_member(out, "type", name_of(parameter.type));
  if (parameter.default_value) {
    out += ", \"default\": ";
    wire::append_json(out, *parameter.default_value);
  }
  if (parameter.optional && !parameter.default_value) out += ", \"optional\": true";
  if (parameter.keyword_only) out += ", \"keyword_only\": true";
  out += '}';
}

void append_function(std::string& out, const Function& function) {
  const Signature& signature = function.signature();
  out += "  {\"v\": 1, ";
  append_member(out, "name", function.name());
  out += ", ";
  append_member(out, "signature", to_string(function.name(), signature));
  out += ", \"parameters\": [";
  for (std::size_t i = 0; i < signature.parameters.size(); ++i) {
    if (i > 0) out += ", ";
    append_parameter(out, signature.parameters[i]);
  }
  out += "], ";
  append_member(out, "result", signature.result);
  out += ", ";
  append_member(out, "help", function.help());
  out += '}';
}

std::vector<const Function*> functions_of(Registry& registry, const std::string& target) {
  for (const auto& function : registry.functions()) {
    if (function->name() == target) return {function.get()};
  }
  auto offered = registry.load_all(target);
  if (offered) return std::move(*offered);
  const auto near = registry.nearest(target);
  throw UsageError(near.empty() ? offered.error()
                                : fmt::format("{}; did you mean the function {}?", offered.error(), near.front()));
}

/// Breaks no line within "env: object = null".
void append_signature(std::string& out, const Function& function) {
  constexpr char no_break = '\x1f';
  std::string text = printable(to_string(function.name(), function.signature()));
  for (const std::string_view joint : {": ", " = "}) {
    for (auto at = text.find(joint); at != std::string::npos; at = text.find(joint, at + 1)) {
      for (std::size_t i = at; i < at + joint.size(); ++i) {
        if (text[i] == ' ') text[i] = no_break;
      }
    }
  }
  std::string wrapped;
  append_wrapped(wrapped, text, 0, 4);
  std::replace(wrapped.begin(), wrapped.end(), no_break, ' ');
  out += wrapped;
}

}  // namespace

std::string functions_text(const std::vector<const Function*>& functions) {
  std::string out;
  for (const Function* function : functions) {
    append_signature(out, *function);
    out += "\n    ";
    append_wrapped(out, printable(function->help()), 4, 4);
    out += '\n';
  }
  return out;
}

std::string functions_json(const std::vector<const Function*>& functions) {
  std::string out = "[";
  for (const Function* function : functions) {
    out += out.size() > 1 ? ",\n" : "\n";
    append_function(out, *function);
  }
  out += "\n]\n";
  return out;
}

int list_functions(const ListFunctions& command) {
  Registry registry;
  const command::CommandSurroundings surroundings;
  add_known_functions(registry, command.functions, surroundings);
  std::vector<const Function*> functions;
  for (const std::string& target : command.targets) {
    const auto offered = functions_of(registry, target);
    functions.insert(functions.end(), offered.begin(), offered.end());
  }
  if (command.targets.empty()) {
    for (const auto& function : registry.functions()) functions.push_back(function.get());
  }
  OutputBuffer out(STDOUT_FILENO, "standard output");
  out.write(command.json ? functions_json(functions) : functions_text(functions));
  out.flush();
  return all_succeeded;
}

}  // namespace prun::app
