// Values to bytes and back. Trivially copyable types are copied as they are, strings and tuples have a form of their own,
// everything else is cereal's (https://uscilab.github.io/cereal/): containers, optional, variant, and user types with a
// `serialize` function. Both ends are processes of one program image, so nothing about the format is portable or stored.
#pragma once

#include <prun/error.hpp>

#include <cereal/archives/binary.hpp>
#include <cereal/types/array.hpp>
#include <cereal/types/chrono.hpp>
#include <cereal/types/complex.hpp>
#include <cereal/types/deque.hpp>
#include <cereal/types/list.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/memory.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/set.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/tuple.hpp>
#include <cereal/types/unordered_map.hpp>
#include <cereal/types/unordered_set.hpp>
#include <cereal/types/utility.hpp>
#include <cereal/types/variant.hpp>
#include <cereal/types/vector.hpp>

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <istream>
#include <ostream>
#include <span>
#include <streambuf>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace prun::detail {

template <class T>
inline constexpr bool is_view = false;
template <class C, class Traits>
inline constexpr bool is_view<std::basic_string_view<C, Traits>> = true;
template <class T, std::size_t N>
inline constexpr bool is_view<std::span<T, N>> = true;

template <class T>
inline constexpr bool is_reference = false;
template <class T>
inline constexpr bool is_reference<std::reference_wrapper<T>> = true;

template <class T>
inline constexpr bool is_tuple = false;
template <class... Ts>
inline constexpr bool is_tuple<std::tuple<Ts...>> = true;
template <class A, class B>
inline constexpr bool is_tuple<std::pair<A, B>> = true;

/// Copied byte by byte. Pointers to functions are: every process has the same image.
template <class T>
concept Plain = std::is_trivially_copyable_v<T> && !is_view<T> && !is_reference<T> &&
                (!std::is_pointer_v<T> || std::is_function_v<std::remove_pointer_t<T>>);

template <class T>
concept Transferable = Plain<T> || is_tuple<T> ||
    (!std::is_pointer_v<T> && !is_view<T> && !is_reference<T> && !std::is_trivially_copyable_v<T> &&
     cereal::traits::is_output_serializable<T, cereal::BinaryOutputArchive>::value &&
     cereal::traits::is_input_serializable<T, cereal::BinaryInputArchive>::value);

template <class T>
constexpr void require_transferable();

template <class T, std::size_t... I>
constexpr void require_transferable_parts(std::index_sequence<I...>) {
  (require_transferable<std::tuple_element_t<I, T>>(), ...);
}

template <class T>
constexpr void require_transferable() {
  if constexpr (is_tuple<T>) require_transferable_parts<T>(std::make_index_sequence<std::tuple_size_v<T>>{});
  static_assert(!std::is_pointer_v<T> || Plain<T>, "prun: a pointer to data does not cross processes: pass the value");
  static_assert(!is_view<T>, "prun: a view does not cross processes: use std::string or std::vector");
  static_assert(!is_reference<T>, "prun: a reference does not cross processes: pass the value");
  static_assert(Transferable<T>,
                "prun: this type is neither trivially copyable nor known to cereal: give it a "
                "`template <class A> void serialize(A& archive)`");
  static_assert(Plain<T> || is_tuple<T> || std::default_initializable<T>,
                "prun: a type that cereal reads needs a default constructor");
}

class StringSink final : public std::streambuf {
 public:
  explicit StringSink(std::string& out) : out_(&out) {}

 protected:
  std::streamsize xsputn(const char* data, std::streamsize size) override {
    out_->append(data, static_cast<std::size_t>(size));
    return size;
  }
  int_type overflow(int_type c) override {
    if (c != traits_type::eof()) out_->push_back(traits_type::to_char_type(c));
    return c;
  }

 private:
  std::string* out_;
};

class ViewSource final : public std::streambuf {
 public:
  explicit ViewSource(std::string_view bytes) {
    char* begin = const_cast<char*>(bytes.data());  // never written to: a get area only
    setg(begin, begin, begin + bytes.size());
  }
  [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(egptr() - gptr()); }
};

template <class T>
T read_plain(std::string_view& bytes) {
  if (bytes.size() < sizeof(T)) throw SerializationError("fewer bytes than the type has");
  std::array<std::byte, sizeof(T)> raw;
  std::memcpy(raw.data(), bytes.data(), sizeof(T));
  bytes.remove_prefix(sizeof(T));
  return std::bit_cast<T>(raw);
}

template <class T>
void write_plain(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// Appends `value`. Throws what the type's own serialization throws.
template <class T>
void encode(std::string& out, const T& value) {
  if constexpr (Plain<T>) {
    write_plain(out, value);
  } else if constexpr (is_tuple<T>) {
    std::apply([&out](const auto&... part) { (encode(out, part), ...); }, value);
  } else if constexpr (std::is_same_v<T, std::string>) {
    write_plain(out, value.size());
    out.append(value);
  } else {
    StringSink sink(out);
    std::ostream stream(&sink);
    cereal::BinaryOutputArchive archive(stream);
    archive(value);
  }
}

/// Reads one value off the front of `bytes`.
template <class T>
T decode(std::string_view& bytes) {
  if constexpr (Plain<T>) {
    return read_plain<T>(bytes);
  } else if constexpr (is_tuple<T>) {
    return [&bytes]<std::size_t... I>(std::index_sequence<I...>) {
      return T{decode<std::tuple_element_t<I, T>>(bytes)...};  // braces: from left to right
    }
    (std::make_index_sequence<std::tuple_size_v<T>>{});
  } else if constexpr (std::is_same_v<T, std::string>) {
    const auto size = read_plain<std::size_t>(bytes);
    if (bytes.size() < size) throw SerializationError("a string is cut short");
    std::string text(bytes.substr(0, size));
    bytes.remove_prefix(size);
    return text;
  } else {
    ViewSource source(bytes);
    std::istream stream(&source);
    cereal::BinaryInputArchive archive(stream);
    T value{};
    archive(value);
    bytes.remove_prefix(bytes.size() - source.left());
    return value;
  }
}

}  // namespace prun::detail
