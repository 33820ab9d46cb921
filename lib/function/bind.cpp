// Fits a task's arguments to its function's signature. Most tasks fit as they are: they are checked without an allocation
// and stay unchanged. The others are rebuilt.
#include "function/bind_open.hpp"
#include "function/call_form.hpp"
#include "function/excerpt.hpp"
#include "function/function.hpp"
#include "wire/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace prun {
namespace {

using wire::Kind;
using wire::ValueReader;
using wire::ValueWriter;

using Bound = tl::expected<void, std::string>;

bool matches(ParameterType type, Kind kind) noexcept {
  const bool integer = kind == Kind::integer || kind == Kind::unsigned_integer || kind == Kind::decimal;
  switch (type) {
    case ParameterType::any: return true;
    case ParameterType::boolean: return kind == Kind::boolean;
    case ParameterType::integer: return integer;
    case ParameterType::number: return integer || kind == Kind::floating;
    case ParameterType::string: return kind == Kind::string;
    case ParameterType::array: return kind == Kind::array;
    case ParameterType::object: return kind == Kind::map;
  }
  return false;
}

const char* with_article(ParameterType type) noexcept {
  switch (type) {
    case ParameterType::integer: return "an integer";
    case ParameterType::array: return "an array";
    case ParameterType::object: return "an object";
    case ParameterType::boolean: return "a boolean";
    case ParameterType::number: return "a number";
    case ParameterType::string: return "a string";
    case ParameterType::any: break;
  }
  return "any value";
}

/// Returns true if `value` fits. An integer beyond 64 bits fits too: it is a defect of the task, which then fails alone.
bool accepts(const Parameter& parameter, std::string_view value) {
  const Kind kind = ValueReader(value).peek();
  if (matches(parameter.type, kind)) return true;
  return kind == Kind::null && parameter.default_value && ValueReader(*parameter.default_value).peek() == Kind::null;
}

class Binding {
 public:
  explicit Binding(Task& task) : task_(task), signature_(task.function->signature()) {}

  Bound run() {
    ValueReader reader(task_.args);
    if (reader.peek() != Kind::array) return wrong("takes an array of arguments, got {}", excerpt(task_.args));
    given_ = reader.array();
    if (given_ == signature_.parameters.size() && task_.kwargs.empty()) return check_in_place(reader);
    if (given_ > signature_.parameters.size()) return wrong("takes {}, got {}", takes(), given_);
    for (std::uint32_t i = 0; i < given_; ++i) places_.push_back(reader.skip());
    places_.resize(signature_.parameters.size());
    return place_keywords().and_then([&] { return fill_defaults(); }).and_then([&] { return rebuild(); });
  }

 private:
  template <class... T>
  [[nodiscard]] Bound wrong(fmt::format_string<T...> text, T&&... values) const {
    return tl::unexpected(call_form(task_.function->name(), signature_) + ' ' +
                          fmt::format(text, std::forward<T>(values)...));
  }

  Bound check_in_place(ValueReader reader) const {
    for (const Parameter& parameter : signature_.parameters) {
      const std::string_view value = reader.skip();
      if (!accepts(parameter, value)) return mismatch(parameter, value);
    }
    return {};
  }

  [[nodiscard]] Bound mismatch(const Parameter& parameter, std::string_view value) const {
    return wrong("needs {} for {}, got {}", with_article(parameter.type), parameter.name, excerpt(value));
  }

  Bound place_keywords() {
    if (task_.kwargs.empty()) return {};
    ValueReader reader(task_.kwargs);
    if (reader.peek() != Kind::map) return wrong("takes an object of keyword arguments, got {}", excerpt(task_.kwargs));
    for (std::uint32_t left = reader.map(); left > 0; --left) {
      const std::string_view name = reader.string();
      const std::string_view value = reader.skip();
      const auto& parameters = signature_.parameters;
      const auto found =
          std::find_if(parameters.begin(), parameters.end(), [&](const auto& p) { return p.name == name; });
      if (found == parameters.end()) return wrong("has no parameter {}", name);
      const auto index = static_cast<std::size_t>(found - parameters.begin());
      if (index < given_) return wrong("got {} twice, as positional and as keyword argument", name);
      if (!places_[index].empty()) return wrong("got the keyword {} twice", name);
      places_[index] = value;
      ++keywords_;
    }
    return {};
  }

  Bound fill_defaults() {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const Parameter& parameter = signature_.parameters[i];
      if (places_[i].empty() && parameter.default_value) {
        places_[i] = *parameter.default_value;
      } else if (places_[i].empty()) {
        if (keywords_ > 0) return wrong("misses the argument {}", parameter.name);
        return wrong("takes {}, got {}", takes(), given_);
      } else if (!accepts(parameter, places_[i])) {
        return mismatch(parameter, places_[i]);
      }
    }
    return {};
  }

  Bound rebuild() {
    std::string args;
    ValueWriter writer(args);
    writer.array(static_cast<std::uint32_t>(places_.size()));
    for (const std::string_view value : places_) writer.raw(value);
    task_.args = std::move(args);
    task_.kwargs.clear();
    return {};
  }

  /// "2 arguments", "1 or 2 arguments", "1 to 3 arguments"
  [[nodiscard]] std::string takes() const {
    const auto& parameters = signature_.parameters;
    const auto most = parameters.size();
    const auto least = static_cast<std::size_t>(
        std::count_if(parameters.begin(), parameters.end(), [](const auto& p) { return !p.default_value; }));
    const char* noun = most == 1 ? "argument" : "arguments";
    if (least == most) return most == 0 ? "no arguments" : fmt::format("{} {}", most, noun);
    return fmt::format("{} {} {} {}", least, most - least == 1 ? "or" : "to", most, noun);
  }

  Task& task_;
  const Signature& signature_;
  std::uint32_t given_ = 0;
  std::size_t keywords_ = 0;
  std::vector<std::string_view> places_;  // a value for each parameter; empty: not set yet
};

}  // namespace

tl::expected<void, std::string> bind(Task& task) {
  if (task.function->signature().open) task.defect.clear();  // dynamic languages have integers of any length
  try {
    return task.function->signature().open ? bind_open(task) : Binding(task).run();
  } catch (const wire::DecodeError& error) {
    return tl::unexpected(fmt::format("the arguments of {} are no values: {}", task.function->name(), error.what()));
  }
}

}  // namespace prun
