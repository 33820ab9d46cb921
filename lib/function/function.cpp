// Formats a signature.
#include "function/function.hpp"

#include "function/call_form.hpp"
#include "function/excerpt.hpp"

#include <utility>

namespace prun {

const char* name_of(ParameterType type) noexcept {
  switch (type) {
    case ParameterType::any: return "any";
    case ParameterType::boolean: return "boolean";
    case ParameterType::integer: return "integer";
    case ParameterType::number: return "number";
    case ParameterType::string: return "string";
    case ParameterType::array: return "array";
    case ParameterType::object: return "object";
  }
  return "unknown";
}

ParameterType type_at(const Signature& signature, std::size_t place) noexcept {
  const std::vector<Parameter>& parameters = signature.parameters;
  if (place < parameters.size() && !parameters[place].keyword_only) return parameters[place].type;
  return signature.more_arguments ? signature.more_arguments_type : ParameterType::any;
}

std::string call_form(std::string_view name, const Signature& signature) {
  std::string text(name);
  text += '(';
  const char* separator = "";
  bool star = false;  // the following parameters are keyword-only
  for (const Parameter& parameter : signature.parameters) {
    if (parameter.keyword_only && !std::exchange(star, true)) text.append(std::exchange(separator, ", ")).append("*");
    text.append(separator).append(parameter.name).append(": ").append(name_of(parameter.type));
    if (parameter.default_value) {
      text.append(" = ").append(excerpt(*parameter.default_value));
    } else if (parameter.optional) {
      text += " = ...";
    }
    separator = ", ";
  }
  if (signature.more_arguments && !star) {
    text.append(std::exchange(separator, ", ")).append("*");
    if (signature.more_arguments_type != ParameterType::any)
      text.append(": ").append(name_of(signature.more_arguments_type));
  }
  if (signature.more_keywords) text.append(separator).append("**");
  return text += ')';
}

std::string to_string(std::string_view name, const Signature& signature) {
  std::string text = call_form(name, signature);
  if (!signature.result.empty()) text.append(" -> ").append(signature.result);
  return text;
}

}  // namespace prun
