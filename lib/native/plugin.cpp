// See plugin.hpp.
#include "native/plugin.hpp"

#include "function/edit_distance.hpp"
#include "wire/value.hpp"

#include <prun/error.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

namespace prun::native {
namespace {

int append(void* target, const void* bytes, std::size_t count) noexcept {
  try {
    static_cast<PluginAnswer*>(target)->result->append(static_cast<const char*>(bytes), count);
    return 0;
  } catch (...) {
    return 1;
  }
}

void take_failure(void* target, const char* type, std::size_t type_size, const char* message,
                  std::size_t message_size) noexcept {
  auto& answer = *static_cast<PluginAnswer*>(target);
  try {
    answer.type.assign(type, type_size);
    answer.message.assign(message, message_size);
  } catch (...) {
    answer.message.clear();  // no memory for the text: only the status is reported
  }
}

/// The sizes of interface 1.0. Later minor versions only add to them.
constexpr std::size_t plugin_size = offsetof(prun_plugin, initialize) + sizeof(prun_plugin::initialize);
constexpr std::size_t function_size = offsetof(prun_function, call) + sizeof(prun_function::call);
constexpr std::size_t parameter_size = offsetof(prun_parameter, default_size) + sizeof(prun_parameter::default_size);

bool is_complete(const prun_parameter* parameter) noexcept {
  if (parameter == nullptr || parameter->size < parameter_size || parameter->name == nullptr) return false;
  if (parameter->type > PRUN_OBJECT) return false;
  return parameter->default_value == nullptr ||
         wire::is_value({static_cast<const char*>(parameter->default_value), parameter->default_size});
}

bool is_complete(const prun_function* function) noexcept {
  return function != nullptr && function->size >= function_size && function->name != nullptr &&
         function->call != nullptr && (function->parameters != nullptr || function->parameter_count == 0) &&
         std::all_of(function->parameters, function->parameters + function->parameter_count,
                     [](const prun_parameter* parameter) { return is_complete(parameter); });
}

tl::expected<void, std::string> check(const std::string& file, const prun_plugin* table) {
  if (table == nullptr)
    return tl::unexpected(fmt::format("{} is not a valid plugin: prun_get_plugin() returned NULL", file));
  if (table->major != PRUN_PLUGIN_MAJOR) {
    return tl::unexpected(
        fmt::format("{} was built for plugin interface {}, this prun has {}; build it again with this "
                    "prun's <prun/function.hpp>",
                    file, table->major, PRUN_PLUGIN_MAJOR));
  }
  if (table->size < plugin_size)
    return tl::unexpected(fmt::format("{} is not a valid plugin: its prun_plugin struct is too small", file));
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < table->function_count; ++i) {
    const prun_function* function = table->functions[i];
    if (!is_complete(function))
      return tl::unexpected(fmt::format("{} describes function {} in part only", file, i + 1));
    if (!names.insert(function->name).second) {
      return tl::unexpected(fmt::format("{} has two functions named {}", file, function->name));
    }
  }
  return {};
}

}  // namespace

prun_output PluginAnswer::output() noexcept { return {sizeof(prun_output), this, &append, &take_failure}; }

void PluginAnswer::throw_as(int status, std::string_view function) const {
  switch (status) {
    case PRUN_BAD_ARGUMENTS: throw ArgumentError(message);
    case PRUN_BAD_RESULT: throw SerializationError(message);
    case PRUN_EXCEPTION: break;
    default: throw SerializationError(fmt::format("{} returned the unknown status {}", function, status));
  }
  Failure failure;
  failure.type = type;
  failure.message = message;
  throw TaskError(failure);
}

Plugin::Opened Plugin::open(const std::string& file) {
  auto library = SharedLibrary::open(file);
  if (!library) return tl::unexpected(std::move(library.error()));
  const auto get = reinterpret_cast<prun_get_plugin_function>(library->symbol(PRUN_PLUGIN_SYMBOL));
  if (get == nullptr) {
    return tl::unexpected(
        fmt::format("{} is not a prun plugin: it has no PRUN_FUNCTION. To call a C function of it, name it "
                    "with its types, such as 'libm.so.6:cbrt(double)->double'",
                    file));
  }
  const prun_plugin* table = get();
  return check(file, table).map([&] { return std::make_shared<Plugin>(std::move(*library), *table); });
}

Plugin::Plugin(SharedLibrary library, const prun_plugin& table)
    : library_(std::move(library)),
      functions_(table.functions, table.functions + table.function_count),
      initializer_(table.initialize),
      initialized_(table.initialize == nullptr),
      failure_{nullptr} {}

tl::expected<const prun_function*, std::string> Plugin::find(std::string_view name) const {
  const auto found =
      std::find_if(functions_.begin(), functions_.end(), [&](const auto* function) { return function->name == name; });
  if (found != functions_.end()) return *found;
  return tl::unexpected(fmt::format("{} has no function '{}'; {}", file(), name, describe_functions(name)));
}

std::string Plugin::describe_functions(std::string_view unknown) const {
  if (functions_.empty()) return "it has none";
  std::vector<std::string_view> names;
  for (const prun_function* function : functions_) names.emplace_back(function->name);
  const auto distance = [&](std::string_view name) { return edit_distance(unknown, name); };
  const auto nearest =
      std::min_element(names.begin(), names.end(), [&](auto a, auto b) { return distance(a) < distance(b); });
  if (distance(*nearest) <= std::max<std::size_t>(1, nearest->size() / 3))
    return fmt::format("did you mean {}?", *nearest);
  constexpr std::size_t most = 10;
  const std::size_t more = names.size() - std::min(names.size(), most);
  names.resize(names.size() - more);
  const std::string end = more == 0 ? std::string() : fmt::format(" and {} more", more);
  return fmt::format("it has {}{}", fmt::join(names, ", "), end);
}

void Plugin::run_initializer() {
  const std::lock_guard lock(initializing_);
  if (initialized_.load(std::memory_order_relaxed)) return;
  if (initializer_status_ == PRUN_OK) {
    std::string ignored;
    PluginAnswer answer{&ignored};
    const prun_output output = answer.output();
    const int status = initializer_(&output);
    if (status == PRUN_OK) return initialized_.store(true, std::memory_order_release);
    initializer_status_ = status;
    failure_ = std::move(answer);
    failure_.message = fmt::format("the initializer of {} failed: {}", file(), failure_.message);
  }
  failure_.throw_as(initializer_status_, "the initializer");
}

}  // namespace prun::native
