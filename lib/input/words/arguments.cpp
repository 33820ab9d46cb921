// Whether an array is unpacked depends only on the signature, so it is decided once per function.
#include "input/words/arguments.hpp"

#include "wire/value.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace prun {
namespace {

bool can_be_array(const Parameter& parameter) noexcept {
  return parameter.type == ParameterType::any || parameter.type == ParameterType::array;
}

bool can_be_integer_as_it_is(const Parameter& parameter) noexcept {
  return parameter.type == ParameterType::any || parameter.type == ParameterType::integer;
}

bool may_be_left_out(const Parameter& parameter) noexcept {
  return parameter.optional || parameter.keyword_only || parameter.default_value.has_value();
}

}  // namespace

InputForm form_for(const Function& function, std::size_t parameter, bool text) noexcept {
  if (text) return InputForm::text;
  return type_at(function.signature(), parameter) == ParameterType::string ? InputForm::string : InputForm::json;
}

Arguments::Arguments(const Function& function, bool unpack, bool text) noexcept : function_(&function) {
  const std::vector<Parameter>& parameters = function.signature().parameters;
  const bool one = parameters.size() == 1 && !parameters.front().keyword_only;
  unpack_any_ = unpack || !one;
  unpack_lone_ = one && !can_be_array(parameters.front());
  integer_is_call_ = one && can_be_integer_as_it_is(parameters.front());
  const bool has_first = !parameters.empty() && !parameters.front().keyword_only;
  const bool takes_one = (has_first || function.signature().more_arguments) &&
                         std::all_of(parameters.begin() + (has_first ? 1 : 0), parameters.end(), may_be_left_out);
  const bool several = parameters.size() > 1 && !parameters[1].keyword_only;
  splits_text_ = unpack && text && (several || function.signature().more_arguments);
  form_ = takes_one || text ? form_for(function, 0, text) : InputForm::json;
}

void Arguments::assign(std::string_view value, std::string& args) const {
  args.clear();
  wire::ValueWriter writer(args);
  if (splits_text_) return split(wire::ValueReader(value).string(), writer);
  if (!unpacks(value)) writer.array(1);
  writer.raw(value);
}

void Arguments::split(std::string_view text, wire::ValueWriter& args) {
  args.array(static_cast<std::uint32_t>(std::count(text.begin(), text.end(), ',') + 1));
  std::size_t comma = 0;
  while ((comma = text.find(',')) != std::string_view::npos) {
    args.string(text.substr(0, comma));
    text.remove_prefix(comma + 1);
  }
  args.string(text);
}

void Arguments::settle(std::string& wrapped) const {
  if (splits_text_) {
    std::string args;
    assign(std::string_view(wrapped).substr(1), args);
    wrapped = std::move(args);
    return;
  }
  if (unpacks(std::string_view(wrapped).substr(1))) wrapped.erase(0, 1);
}

bool Arguments::takes_number_at(std::size_t place) const noexcept {
  const ParameterType type = type_at(function_->signature(), place);
  return type == ParameterType::integer || type == ParameterType::number;
}

bool Arguments::element_takes_number(std::size_t place, std::size_t size) const noexcept {
  return (unpack_any_ || (unpack_lone_ && size == 1)) && takes_number_at(place);
}

bool Arguments::unpacks(std::string_view value) const {
  wire::ValueReader reader(value);
  if (reader.peek() != wire::Kind::array) return false;
  return unpack_any_ || (unpack_lone_ && reader.array() == 1);
}

}  // namespace prun
