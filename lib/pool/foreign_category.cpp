#include "pool/foreign_category.hpp"

#include "sys/module_place.hpp"

#include <cstdint>
#include <cstring>
#include <future>
#include <ios>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace prun::pool {
namespace {

/// For a category that only the worker has. Its message is that of the exception, which was requested in the worker.
class ForeignCategory final : public std::error_category {
 public:
  ForeignCategory(std::string name, std::string message) : name_(std::move(name)), message_(std::move(message)) {}
  [[nodiscard]] const char* name() const noexcept override { return name_.c_str(); }
  [[nodiscard]] std::string message(int) const override { return message_; }

 private:
  std::string name_;
  std::string message_;
};

/// One for each name and message, never destroyed, because error codes keep pointers to their category.
const std::error_category& foreign(const std::string& name, const std::string& message) {
  static std::mutex mutex;
  static auto& all = *new std::map<std::pair<std::string, std::string>, std::unique_ptr<ForeignCategory>>;
  const std::lock_guard guard(mutex);
  auto& category = all[{name, message}];
  if (!category) category = std::make_unique<ForeignCategory>(name, message);
  return *category;
}

/// A category that this process has not constructed yet consists of zeros.
const std::error_category* at_place(const worker::ExceptionState& state) {
  const void* const place = sys::address_of({state.module, state.offset});
  std::uintptr_t table = 0;
  if (place == nullptr) return nullptr;
  std::memcpy(&table, place, sizeof table);
  if (!sys::place_of(reinterpret_cast<const void*>(table))) return nullptr;
  const auto* category = static_cast<const std::error_category*>(place);
  return state.category == category->name() ? category : nullptr;
}

}  // namespace

const std::error_category& category_of(const worker::ExceptionState& state, const std::string& message) {
  for (const std::error_category* known :
       {&std::generic_category(), &std::system_category(), &std::iostream_category(), &std::future_category()}) {
    if (state.category == known->name()) return *known;
  }
  if (const auto* same = at_place(state)) return *same;
  return foreign(state.category, message);
}

}  // namespace prun::pool
