#include "serving/hello.hpp"

#include "wire/json.hpp"
#include "wire/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace prun::serving {
namespace {

using wire::Kind;
using wire::ValueReader;

constexpr std::int64_t protocol_version = 1;

/// Stops the parsing. `what()` continues the name of the process.
class NoHello : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

std::string_view string_of(std::string_view value, std::string_view what) {
  ValueReader reader(value);
  if (reader.peek() != Kind::string) throw NoHello(fmt::format("said hello with {} that is not a string", what));
  return reader.string();
}

bool boolean_of(std::string_view value, std::string_view what) {
  ValueReader reader(value);
  if (reader.peek() != Kind::boolean) throw NoHello(fmt::format("said hello with {} that is not a boolean", what));
  return reader.boolean();
}

ParameterType type_named(std::string_view name) {
  for (const auto type : {ParameterType::boolean, ParameterType::integer, ParameterType::number, ParameterType::string,
                          ParameterType::array, ParameterType::object}) {
    if (name == name_of(type)) return type;
  }
  return ParameterType::any;
}

/// Calls `member(key, value)` for each member of an object.
template <class Member>
void each_member(std::string_view value, std::string_view what, Member member) {
  ValueReader reader(value);
  if (reader.peek() != Kind::map) throw NoHello(fmt::format("said hello with {} that is not an object", what));
  for (std::uint32_t left = reader.map(); left > 0; --left) {
    const std::string_view key = reader.string();
    member(key, reader.skip());
  }
}

template <class Element>
void each_element(std::string_view value, std::string_view what, Element element) {
  ValueReader reader(value);
  if (reader.peek() != Kind::array) throw NoHello(fmt::format("said hello with {} that is not an array", what));
  for (std::uint32_t left = reader.array(); left > 0; --left) element(reader.skip());
}

// Unknown keys are ignored, so that later versions can add keys.
Parameter parameter_of(std::string_view value) {
  Parameter parameter;
  each_member(value, "a parameter", [&](std::string_view key, std::string_view member) {
    if (key == "name") parameter.name = string_of(member, "a parameter's name");
    if (key == "type") parameter.type = type_named(string_of(member, "a parameter's type"));
    if (key == "default") parameter.default_value = member;
    if (key == "optional") parameter.optional = boolean_of(member, "\"optional\"");
    if (key == "keyword_only") parameter.keyword_only = boolean_of(member, "\"keyword_only\"");
  });
  if (parameter.name.empty()) throw NoHello("said hello with a parameter that has no name");
  parameter.optional = parameter.optional || parameter.default_value.has_value();
  return parameter;
}

Offer offer_of(std::string_view value) {
  Offer offer;
  Signature& signature = offer.signature;
  signature.open = true;
  bool described = false;
  each_member(value, "a function", [&](std::string_view key, std::string_view member) {
    if (key == "name") offer.name = string_of(member, "a function's name");
    if (key == "listed") offer.listed = boolean_of(member, "\"listed\"");
    if (key == "help") offer.help = string_of(member, "a function's help");
    if (key == "result") signature.result = string_of(member, "a function's result");
    if (key == "more_arguments") signature.more_arguments = boolean_of(member, "\"more_arguments\"");
    if (key == "more_arguments_type") {
      signature.more_arguments_type = type_named(string_of(member, "\"more_arguments_type\""));
    }
    if (key == "more_keywords") signature.more_keywords = boolean_of(member, "\"more_keywords\"");
    if (key != "parameters") return;
    described = true;
    each_element(member, "parameters",
                 [&](std::string_view one) { signature.parameters.push_back(parameter_of(one)); });
  });
  if (offer.name.empty()) throw NoHello("said hello with a function that has no name");
  if (!described) signature.more_arguments = signature.more_keywords = true;
  std::stable_partition(signature.parameters.begin(), signature.parameters.end(),
                        [](const Parameter& parameter) { return !parameter.keyword_only; });
  return offer;
}

std::vector<Offer> offers_of(std::string_view hello) {
  std::vector<Offer> offers;
  std::int64_t version = 0;
  bool complete = false;
  each_member(hello, "a line", [&](std::string_view key, std::string_view member) {
    if (ValueReader reader(member); key == "prun" && reader.peek() == Kind::integer) version = reader.integer();
    if (key == "error") throw NoHello(std::string(string_of(member, "\"error\"")));
    if (key != "functions") return;
    complete = true;
    each_element(member, "functions", [&](std::string_view one) { offers.push_back(offer_of(one)); });
  });
  if (version != protocol_version) {
    throw NoHello(fmt::format("said hello without \"prun\": {}, this protocol's version", protocol_version));
  }
  if (!complete) throw NoHello("said hello without \"functions\"");
  return offers;
}

}  // namespace

tl::expected<std::vector<Offer>, std::string> parse_hello(std::string_view line) {
  std::string value;
  if (const auto parsed = wire::parse_json(line, value); !parsed) {
    return tl::unexpected(fmt::format("said hello with invalid JSON: {}", parsed.error().message));
  }
  try {
    return offers_of(value);
  } catch (const NoHello& error) {
    return tl::unexpected(std::string(error.what()));
  }
}

}  // namespace prun::serving
