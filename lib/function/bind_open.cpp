#include "function/bind_open.hpp"

#include "function/call_form.hpp"
#include "function/excerpt.hpp"
#include "function/function.hpp"
#include "wire/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace prun {
namespace {

using Bound = tl::expected<void, std::string>;

class OpenBinding {
 public:
  explicit OpenBinding(const Task& task)
      : task_(task), signature_(task.function->signature()), named_(signature_.parameters.size()) {}

  Bound run() {
    wire::ValueReader reader(task_.args);
    if (reader.peek() != wire::Kind::array) {
      return wrong(fmt::format("takes an array of arguments, got {}", excerpt(task_.args)));
    }
    given_ = reader.array();
    const auto& parameters = signature_.parameters;
    const auto places = static_cast<std::size_t>(
        std::count_if(parameters.begin(), parameters.end(), [](const auto& p) { return !p.keyword_only; }));
    if (given_ > places && !signature_.more_arguments) {
      return wrong(
          fmt::format("takes at most {} positional argument{}, got {}", places, places == 1 ? "" : "s", given_));
    }
    by_place_ = std::min<std::size_t>(given_, places);
    return check_keywords().and_then([this] { return check_missing(); });
  }

 private:
  [[nodiscard]] Bound wrong(std::string_view text) const {
    return tl::unexpected(fmt::format("{} {}", call_form(task_.function->name(), signature_), text));
  }

  Bound check_keywords() {
    if (task_.kwargs.empty()) return {};
    wire::ValueReader reader(task_.kwargs);
    if (reader.peek() != wire::Kind::map) {
      return wrong(fmt::format("takes an object of keyword arguments, got {}", excerpt(task_.kwargs)));
    }
    for (std::uint32_t left = reader.map(); left > 0; --left) {
      const std::string_view name = reader.string();
      reader.skip();
      const auto& parameters = signature_.parameters;
      const auto found =
          std::find_if(parameters.begin(), parameters.end(), [&](const auto& p) { return p.name == name; });
      if (found == parameters.end()) {
        if (signature_.more_keywords) continue;
        return wrong(fmt::format("has no parameter {}", name));
      }
      const auto index = static_cast<std::size_t>(found - parameters.begin());
      if (index < by_place_) return wrong(fmt::format("got {} twice, as positional and as keyword argument", name));
      named_[index] = true;
    }
    return {};
  }

  [[nodiscard]] Bound check_missing() const {
    for (std::size_t i = by_place_; i < named_.size(); ++i) {
      const Parameter& parameter = signature_.parameters[i];
      if (!named_[i] && !parameter.optional) return wrong(fmt::format("misses the argument {}", parameter.name));
    }
    return {};
  }

  const Task& task_;
  const Signature& signature_;
  std::uint32_t given_ = 0;
  std::size_t by_place_ = 0;  ///< parameters with positional arguments
  std::vector<bool> named_;
};

}  // namespace

Bound bind_open(const Task& task) { return OpenBinding(task).run(); }

}  // namespace prun
