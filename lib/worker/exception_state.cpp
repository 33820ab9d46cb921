#include "worker/exception_state.hpp"

#include "sys/module_place.hpp"
#include "wire/failure.hpp"
#include "wire/value.hpp"

#include <prun/error.hpp>
#include <prun/exception.hpp>

#include <any>
#include <array>
#include <filesystem>
#include <functional>
#include <future>
#include <ios>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <regex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <variant>
#include <vector>
#if __has_include(<format>)
#include <format>
#endif

namespace prun {
namespace worker {
namespace {

template <class Standard>
bool is_a(const std::exception& error) {
  if constexpr (std::is_same_v<Standard, std::exception>) {
    return true;
  } else {
    return dynamic_cast<const Standard*>(&error) != nullptr;
  }
}

struct StandardType {
  const char* name;
  bool (*matches)(const std::exception&);
  const std::type_info* type;
};
template <class Standard>
StandardType standard(const char* name) {
  return {name, &is_a<Standard>, &typeid(Standard)};
}

/// A type comes before those that it derives from.
const auto& standard_types() {
  static const std::array types{
      standard<std::ios_base::failure>("std::ios_base::failure"),
      standard<std::filesystem::filesystem_error>("std::filesystem::filesystem_error"),
      standard<std::system_error>("std::system_error"),
      standard<std::regex_error>("std::regex_error"),
#ifdef __cpp_lib_format
      standard<std::format_error>("std::format_error"),
#endif
      standard<std::overflow_error>("std::overflow_error"),
      standard<std::underflow_error>("std::underflow_error"),
      standard<std::range_error>("std::range_error"),
      standard<TimeoutError>("prun::TimeoutError"),
      standard<CancelledError>("prun::CancelledError"),
      standard<BrokenPoolError>("prun::BrokenPoolError"),
      standard<std::runtime_error>("std::runtime_error"),
      standard<std::future_error>("std::future_error"),
      standard<std::invalid_argument>("std::invalid_argument"),
      standard<std::domain_error>("std::domain_error"),
      standard<std::length_error>("std::length_error"),
      standard<std::out_of_range>("std::out_of_range"),
      standard<MisuseError>("prun::MisuseError"),
      standard<std::logic_error>("std::logic_error"),
      standard<std::bad_array_new_length>("std::bad_array_new_length"),
      standard<std::bad_alloc>("std::bad_alloc"),
      standard<std::bad_any_cast>("std::bad_any_cast"),
      standard<std::bad_cast>("std::bad_cast"),
      standard<std::bad_typeid>("std::bad_typeid"),
      standard<std::bad_exception>("std::bad_exception"),
      standard<std::bad_function_call>("std::bad_function_call"),
      standard<std::bad_optional_access>("std::bad_optional_access"),
      standard<std::bad_variant_access>("std::bad_variant_access"),
      standard<std::bad_weak_ptr>("std::bad_weak_ptr"),
      standard<std::exception>("std::exception"),
  };
  return types;
}

void describe_code(const std::error_code& code, ExceptionState& state) {
  state.code = code.value();
  state.category = code.category().name();
  if (auto place = sys::place_of(&code.category())) {
    state.module = std::move(place->module);
    state.offset = place->offset;
  }
}

}  // namespace

const char* describe_standard(const std::exception& error, ExceptionState& state) {
  if (const auto* e = dynamic_cast<const std::filesystem::filesystem_error*>(&error)) {
    state.path1 = e->path1().native();
    state.path2 = e->path2().native();
  }
  if (const auto* e = dynamic_cast<const std::system_error*>(&error)) {
    describe_code(e->code(), state);
  } else if (const auto* future = dynamic_cast<const std::future_error*>(&error)) {
    state.code = future->code().value();
  } else if (const auto* regex = dynamic_cast<const std::regex_error*>(&error)) {
    state.code = regex->code();
  }
  for (const StandardType& type : standard_types()) {
    if (!type.matches(error)) continue;
    state.base = type.name;
    const std::string_view own = typeid(error).name();
    // For some standard types libstdc++ throws its own internal type.
    const bool exact = *type.type == typeid(error) || own.find("__ios_failure") != std::string_view::npos;
    return exact ? type.name : nullptr;
  }
  return nullptr;
}

std::string encode_state(const ExceptionState& state) {
  std::string bytes;
  wire::ValueWriter writer(bytes);
  writer.map(9);
  const auto text = [&writer](const char* key, std::string_view value) {
    writer.string(key);
    writer.string(value);
  };
  text("base", state.base);
  text("registered", state.registered);
  text("state", state.state);
  writer.string("code");
  writer.integer(state.code);
  text("category", state.category);
  text("module", state.module);
  writer.string("offset");
  writer.unsigned_integer(state.offset);
  writer.string("paths");
  writer.array(2);
  writer.string(state.path1);
  writer.string(state.path2);
  writer.string("cause");
  if (state.cause) {
    wire::encode_failure(*state.cause, bytes);
  } else {
    writer.null();
  }
  return bytes;
}

ExceptionState decode_state(std::string_view bytes) {
  ExceptionState state;
  try {
    wire::ValueReader reader(bytes);
    const std::uint32_t size = bytes.empty() ? 0 : reader.map();
    for (std::uint32_t i = 0; i < size; ++i) {
      const std::string_view key = reader.string();
      if (key == "base") {
        state.base = reader.string();
      } else if (key == "registered") {
        state.registered = reader.string();
      } else if (key == "state") {
        state.state = reader.string();
      } else if (key == "code") {
        state.code = reader.integer();
      } else if (key == "category") {
        state.category = reader.string();
      } else if (key == "module") {
        state.module = reader.string();
      } else if (key == "offset") {
        state.offset = reader.unsigned_integer();
      } else if (key == "paths" && reader.array() == 2) {
        state.path1 = reader.string();
        state.path2 = reader.string();
      } else if (key == "cause" && reader.peek() == wire::Kind::array) {
        state.cause = wire::decode_failure(reader.skip());
      } else {
        reader.skip();
      }
    }
  } catch (const wire::DecodeError&) {
    return {};
  }
  return state;
}

}  // namespace worker

namespace detail {
namespace {

struct Registry {
  std::mutex mutex;
  std::vector<ExceptionType> types;
};
Registry& registry() {
  static Registry all;
  return all;
}
std::vector<ExceptionType> registered_types() {
  const std::lock_guard guard(registry().mutex);
  return registry().types;
}

}  // namespace

void add_exception_type(const ExceptionType& type) {
  const std::lock_guard guard(registry().mutex);
  for (const ExceptionType& known : registry().types) {
    if (*known.type == *type.type) return;
  }
  registry().types.push_back(type);
}

void raise_registered(const std::string& name, const Failure& failure, std::string_view state, const Failure* cause) {
  for (const ExceptionType& known : registered_types()) {
    if (name == known.type->name()) known.raise(failure, state, cause);
  }
}

}  // namespace detail

// The type itself, the type that `state` names, or the base class that was registered last.
bool worker::describe_registered(const std::exception_ptr& error, const std::type_info* type, ExceptionState& state) {
  const std::vector<detail::ExceptionType> types = detail::registered_types();
  const auto write = [&](const detail::ExceptionType& known) {
    std::string bytes;
    if (!known.write(error, bytes)) return false;
    state.registered = known.type->name();
    state.state = std::move(bytes);
    return true;
  };
  for (const auto& known : types) {
    const bool same = (type != nullptr && *known.type == *type) || state.registered == known.type->name();
    if (same && write(known)) return true;
  }
  for (auto known = types.rbegin(); known != types.rend(); ++known) {
    if (write(*known)) return true;
  }
  return false;
}

}  // namespace prun
