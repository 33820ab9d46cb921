// Converts values to bytes and back. Copies trivially copyable types byte by byte. Strings and tuples have their own
// formats. All other types use Writer and Reader: containers, optional, variant, paths, and user types with `serialize`.
// Both processes run the same program image, so the format is not portable and is never stored.
#pragma once

#include <prun/detail/archive.hpp>
#include <prun/detail/type_check.hpp>
#include <prun/error.hpp>

#include <concepts>
#include <cstddef>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace prun::detail {

/// What prevents a T as an argument or a result. The parts of a tuple are checked one by one and created when they are read.
template <class T>
constexpr Obstacle transfer_obstacle();

template <class... Parts>
constexpr Obstacle first_transfer_obstacle(std::type_identity<std::tuple<Parts...>>) {
  Obstacle found = Obstacle::none;
  static_cast<void>(((found = transfer_obstacle<Parts>(), found != Obstacle::none) || ...));
  return found;
}

template <class T>
constexpr Obstacle transfer_obstacle() {
  if constexpr (Plain<T> || std::same_as<T, std::string>) {
    return Obstacle::none;
  } else if constexpr (is_tuple<T>) {
    return first_transfer_obstacle(std::type_identity<typename PartsOf<T>::type>{});
  } else {
    constexpr Obstacle found = obstacle_of<T>();
    return found == Obstacle::none && !std::is_default_constructible_v<T> ? Obstacle::no_default : found;
  }
}

template <class T>
concept Transferable = transfer_obstacle<T>()
== Obstacle::none;

/// (Not std::bit_cast: GCC 12 may consider a closure trivially copyable at one place and not at another.)
template <class T>
T read_plain(std::string_view& bytes) {
  if (bytes.size() < sizeof(T)) throw SerializationError("fewer bytes than the type has");
  alignas(T) std::byte copy[sizeof(T)];
  std::memcpy(copy, bytes.data(), sizeof(T));
  bytes.remove_prefix(sizeof(T));
  return *std::launder(reinterpret_cast<T*>(copy));
}

template <class T>
void write_plain(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// Appends `value`. Throws what the serialization of the type throws.
/// @param stack_address set to true if a part of the value holds an address on this thread's stack; null: no check
template <class T>
void encode(std::string& out, const T& value, bool* stack_address = nullptr) {
  if constexpr (holds_no_addresses<T>) stack_address = nullptr;
  if constexpr (Plain<T>) {
    note_stack_address(value, stack_address);
    write_plain(out, value);
  } else if constexpr (is_tuple<T>) {
    std::apply([&](const auto&... part) { (encode(out, part, stack_address), ...); }, value);
  } else if constexpr (std::is_same_v<T, std::string>) {
    write_plain(out, value.size());
    out.append(value);
  } else {
    Writer writer(out, stack_address);
    writer(value);
  }
}

/// Reads one value from the front of `bytes` and removes it.
template <class T>
T decode(std::string_view& bytes) {
  if constexpr (Plain<T>) {
    return read_plain<T>(bytes);
  } else if constexpr (is_tuple<T>) {
    return [&bytes]<class... Parts>(std::type_identity<std::tuple<Parts...>>) {
      return T{decode<Parts>(bytes)...};  // braces evaluate from left to right
    }(std::type_identity<typename PartsOf<T>::type>{});
  } else if constexpr (std::is_same_v<T, std::string>) {
    const auto size = read_plain<std::size_t>(bytes);
    if (bytes.size() < size) throw SerializationError("a string is cut short");
    std::string text(bytes.substr(0, size));
    bytes.remove_prefix(size);
    return text;
  } else {
    T value{};
    Reader reader(bytes);
    reader(value);
    return value;
  }
}

}  // namespace prun::detail
