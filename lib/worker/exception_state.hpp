// What an exception carries beside its type and its message, to be thrown anew in another process: it stands in the failure's
// `detail`, as a map.
#pragma once

#include <prun/outcome.hpp>

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <typeinfo>

namespace prun::worker {

struct ExceptionState {
  std::string base;        ///< the standard type that it is, or the nearest that it derives from; empty: none
  std::string registered;  ///< the registered type that it is; empty: none
  std::string state;       ///< of that
  std::int64_t code = 0;   ///< of those that have one
  std::string category;    ///< of the code, its name; empty: none
  std::string module;      ///< where the category stands: its file ("" is the program), and the offset in it
  std::uint64_t offset = 0;
  std::string path1;  ///< of a filesystem_error
  std::string path2;
  std::optional<Failure> cause;  ///< what it is nested on
};

[[nodiscard]] std::string encode_state(const ExceptionState& state);
/// Of bytes that are none: a state that says nothing.
[[nodiscard]] ExceptionState decode_state(std::string_view bytes);

/// Fills in what concerns the exception in flight. Returns the name of its type where it is exactly the standard type `base`.
[[nodiscard]] const char* describe_standard(const std::exception& error, ExceptionState& state);
/// The same for the types that the user has registered; false where it is none.
bool describe_registered(const std::exception_ptr& error, const std::type_info* type, ExceptionState& state);

}  // namespace prun::worker
