// Values to C arguments, the call, and the C result to a value. Strings are copied, so that they end with NUL; one that a
// function returns is read, never freed.
#include "native/c_function.hpp"

#include "function/excerpt.hpp"
#include "wire/value.hpp"

#include <prun/error.hpp>

#include <fmt/format.h>

#include <ffi.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <utility>

namespace prun::native {
namespace {

ffi_type* ffi_type_of(CType type) noexcept {
  switch (type) {
    case CType::nothing: return &ffi_type_void;
    case CType::boolean: return &ffi_type_uint8;
    case CType::int8: return &ffi_type_sint8;
    case CType::uint8: return &ffi_type_uint8;
    case CType::int16: return &ffi_type_sint16;
    case CType::uint16: return &ffi_type_uint16;
    case CType::int32: return &ffi_type_sint32;
    case CType::uint32: return &ffi_type_uint32;
    case CType::int64: return &ffi_type_sint64;
    case CType::uint64: return &ffi_type_uint64;
    case CType::float32: return &ffi_type_float;
    case CType::float64: return &ffi_type_double;
    case CType::long_double: return &ffi_type_longdouble;
    case CType::text: return &ffi_type_pointer;
  }
  return &ffi_type_void;
}

/// One argument as C has it, at the front of these bytes.
struct Slot {
  alignas(std::max_align_t) std::byte bytes[sizeof(long double)];

  template <class T>
  void put(T value) noexcept {
    std::memcpy(bytes, &value, sizeof value);
  }
};

template <class T>
struct As {
  using Type = T;
};

/// Calls `use` with the C++ type of an integer type.
template <class Use>
auto with_integer(CType type, Use&& use) {
  switch (type) {
    case CType::int8: return use(As<std::int8_t>{});
    case CType::uint8: return use(As<std::uint8_t>{});
    case CType::int16: return use(As<std::int16_t>{});
    case CType::uint16: return use(As<std::uint16_t>{});
    case CType::int32: return use(As<std::int32_t>{});
    case CType::uint32: return use(As<std::uint32_t>{});
    case CType::uint64: return use(As<std::uint64_t>{});
    default: return use(As<std::int64_t>{});
  }
}

[[noreturn]] void throw_misfit(const CParameter& parameter, std::string_view value, std::string_view range) {
  throw ArgumentError(
      fmt::format("{} = {} does not fit {}{}", parameter.name, excerpt(value), name_of(parameter.type), range));
}

/// Reads a call's arguments into slots. Their kinds have been checked by bind().
class ArgumentReader {
 public:
  ArgumentReader(std::string_view args, std::size_t count) : reader_(args), room_(args.size() + count) {
    if (reader_.array() != count) throw ArgumentError("another number of arguments than the function takes");
  }

  void read(const CParameter& parameter, Slot& slot) {
    const std::string_view value = reader_.rest();
    switch (parameter.type) {
      case CType::nothing: break;
      case CType::boolean: return slot.put(static_cast<std::uint8_t>(reader_.boolean()));
      case CType::float32: return read_float(parameter, slot);
      case CType::float64: return slot.put(number());
      case CType::long_double: return slot.put(long_number());
      case CType::text: return read_text(parameter, slot);
      default:
        return with_integer(parameter.type, [&](auto as) {
          using T = typename decltype(as)::Type;
          slot.put(integer<T>(parameter, value));
        });
    }
  }

 private:
  template <class T>
  T integer(const CParameter& parameter, std::string_view value) {
    if (reader_.peek() == wire::Kind::unsigned_integer) {
      const std::uint64_t v = reader_.unsigned_integer();
      if (std::in_range<T>(v)) return static_cast<T>(v);
    } else {
      const std::int64_t v = reader_.integer();
      if (std::in_range<T>(v)) return static_cast<T>(v);
    }
    throw_misfit(parameter, value,
                 fmt::format(" ({} to {})", std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
  }

  long double long_number() {
    switch (reader_.peek()) {
      case wire::Kind::integer: return static_cast<long double>(reader_.integer());
      case wire::Kind::unsigned_integer: return static_cast<long double>(reader_.unsigned_integer());
      default: return reader_.floating();
    }
  }

  double number() { return static_cast<double>(long_number()); }

  void read_float(const CParameter& parameter, Slot& slot) {
    const std::string_view value = reader_.rest();
    const double wide = number();
    const auto narrow = static_cast<float>(wide);
    if (std::isfinite(wide) && !std::isfinite(narrow)) throw_misfit(parameter, value, "");
    slot.put(narrow);
  }

  void read_text(const CParameter& parameter, Slot& slot) {
    const std::string_view text = reader_.string();
    if (text.find('\0') != std::string_view::npos) {
      throw ArgumentError(fmt::format("{} has a NUL character, where a char* would end", parameter.name));
    }
    if (texts_.capacity() < room_) texts_.reserve(room_);  // at once: slots point into it
    const std::size_t start = texts_.size();
    texts_.append(text).push_back('\0');
    slot.put(texts_.data() + start);
  }

  wire::ValueReader reader_;
  std::size_t room_;
  std::string texts_;
};

/// As libffi leaves it: integers narrower than a word as a whole word.
union Returned {
  ffi_arg word;
  std::uint64_t integer;
  float float32;
  double float64;
  long double long_double;
  const char* text;
};

void write_result(CType type, const Returned& returned, wire::ValueWriter& writer) {
  switch (type) {
    case CType::nothing: return writer.null();
    case CType::boolean: return writer.boolean((returned.word & 0xff) != 0);
    case CType::float32: return writer.floating(static_cast<double>(returned.float32));
    case CType::float64: return writer.floating(returned.float64);
    case CType::long_double: return writer.floating(static_cast<double>(returned.long_double));
    case CType::text: return returned.text == nullptr ? writer.null() : writer.string(returned.text);
    case CType::int64: return writer.integer(static_cast<std::int64_t>(returned.integer));
    case CType::uint64: return writer.unsigned_integer(returned.integer);
    default:
      return with_integer(type, [&](auto as) {
        using T = typename decltype(as)::Type;
        const auto narrow = static_cast<T>(returned.word);
        if constexpr (std::is_signed_v<T>) {
          writer.integer(narrow);
        } else {
          writer.unsigned_integer(narrow);
        }
      });
  }
}

class CFunction final : public Function {
 public:
  CFunction(std::string name, const CSignature& signature, void* address)
      : name_(std::move(name)), parameters_(signature.parameters), result_(signature.result), address_(address) {
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      types_[i] = ffi_type_of(parameters_[i].type);
      signature_.parameters.push_back({parameters_[i].name, parameter_type(parameters_[i].type), {}, false});
    }
    signature_.result = result_ == CType::nothing ? "null" : prun::name_of(parameter_type(result_));
    if (result_ == CType::text) signature_.result += " or null";
    if (::ffi_prep_cif(&cif_, FFI_DEFAULT_ABI, static_cast<unsigned>(parameters_.size()), ffi_type_of(result_),
                       types_.data()) != FFI_OK) {
      throw std::logic_error("libffi cannot call " + name_);
    }
  }

  [[nodiscard]] std::string_view name() const noexcept override { return name_; }
  [[nodiscard]] const Signature& signature() const noexcept override { return signature_; }
  [[nodiscard]] std::string_view help() const noexcept override { return "a C function"; }

  void call(std::string_view args, const CallContext&, std::string& result) const override {
    std::array<Slot, most_parameters> slots;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled as far as used
    std::array<void*, most_parameters> pointers;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    ArgumentReader reader(args, parameters_.size());
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      reader.read(parameters_[i], slots[i]);
      pointers[i] = slots[i].bytes;
    }
    Returned returned{};
    ::ffi_call(&cif_, reinterpret_cast<void (*)()>(address_), &returned, pointers.data());
    wire::ValueWriter writer(result);
    write_result(result_, returned, writer);
  }

 private:
  std::string name_;
  Signature signature_;
  std::vector<CParameter> parameters_;
  CType result_;
  void* address_;
  std::array<ffi_type*, most_parameters> types_{};
  mutable ffi_cif cif_{};  // libffi takes it as not const, and only reads it
};

}  // namespace

std::unique_ptr<Function> make_c_function(std::string name, const CSignature& signature, void* address) {
  return std::make_unique<CFunction>(std::move(name), signature, address);
}

}  // namespace prun::native
