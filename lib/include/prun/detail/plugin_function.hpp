// Makes of a C++ callable what <prun/plugin.h> describes: its signature as data, and a call that takes and gives bytes and
// lets no exception out. Included by <prun/function.hpp> alone.
#pragma once

#include <prun/context.hpp>
#include <prun/detail/plugin_codec.hpp>

#include <cxxabi.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#pragma GCC visibility push(hidden)

namespace prun::plugin {

/// A parameter that may be left out; see with_default() in <prun/function.hpp>.
template <class V>
struct Default {
  const char* name;
  V value;
};

/// Result, parameters, and whether a TaskContext comes before them.
template <class R, class... P>
struct Shape {
  using Result = R;
  using Parameters = std::tuple<P...>;  // as they are declared: with references
  using Arguments = std::tuple<std::remove_cvref_t<P>...>;
  static constexpr bool wants_context = false;
  static constexpr bool readable = (Readable<std::remove_cvref_t<P>> && ...);
  static constexpr bool writes_to_arguments =
      ((std::is_lvalue_reference_v<P> && !std::is_const_v<std::remove_reference_t<P>>) || ...);
};

template <class R, class... P>
struct Shape<R, const TaskContext&, P...> : Shape<R, P...> {
  static constexpr bool wants_context = true;
};

template <class F>
struct ShapeOf : ShapeOf<decltype(&F::operator())> {};
template <class R, class... P>
struct ShapeOf<R (*)(P...)> : Shape<R, P...> {};
template <class R, class... P>
struct ShapeOf<R (*)(P...) noexcept> : Shape<R, P...> {};
template <class C, class R, class... P>
struct ShapeOf<R (C::*)(P...) const> : Shape<R, P...> {};
template <class C, class R, class... P>
struct ShapeOf<R (C::*)(P...) const noexcept> : Shape<R, P...> {};

template <class F>
concept HasShape = requires {
  typename ShapeOf<F>::Result;
};

inline std::string readable_type(const std::type_info* type) {
  if (type == nullptr) return "unknown";
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(type->name(), nullptr, nullptr, &status),
                                                    std::free);
  return status == 0 && name ? name.get() : type->name();
}

inline int fail(const prun_output& output, int status, std::string_view type, std::string_view message) {
  output.fail(output.target, type.data(), type.size(), message.data(), message.size());
  return status;
}

/// Tells the exception in flight. Called in a catch block.
inline int fail_as_thrown(const prun_output& output) {
  try {
    throw;
  } catch (const ArgumentError& e) {
    return fail(output, PRUN_BAD_ARGUMENTS, "prun::ArgumentError", e.what());
  } catch (const SerializationError& e) {
    return fail(output, PRUN_BAD_RESULT, "prun::SerializationError", e.what());
  } catch (const std::exception& e) {
    return fail(output, PRUN_EXCEPTION, readable_type(&typeid(e)), e.what());
  } catch (...) {
    return fail(output, PRUN_EXCEPTION, readable_type(abi::__cxa_current_exception_type()), "not a std::exception");
  }
}

/// What prun is told of one function. Lives as long as the process.
struct Record {
  std::string name;
  std::string help;
  std::string result;
  std::vector<std::string> names;
  std::vector<std::string> defaults;
  std::vector<prun_parameter> parameters;
  std::vector<const prun_parameter*> parameter_pointers;
  prun_function function{};
};

template <class F>
struct CallableRecord final : Record {
  using Shape = ShapeOf<F>;
  using Arguments = typename Shape::Arguments;
  using Parameters = typename Shape::Parameters;
  using Result = typename Shape::Result;
  static constexpr std::size_t arity = std::tuple_size_v<Arguments>;
  using Indices = std::make_index_sequence<arity>;

  explicit CallableRecord(F given) : callable(std::move(given)) {}

  static int call(const void* data, const prun_task* task, const void* bytes, std::size_t size,
                  const prun_output* output) noexcept {
    try {
      static_cast<const CallableRecord*>(data)->run(*task, Reader(bytes, size), *output, Indices{});
      return PRUN_OK;
    } catch (...) {
      return fail_as_thrown(*output);
    }
  }

  template <std::size_t... I>
  void run(const prun_task& task, Reader reader, const prun_output& output, std::index_sequence<I...>) const {
    const std::size_t given = at_place([&] { return reader.array(); }, [] { return "the list of arguments"; });
    if (given != arity) throw ArgumentError(name + " got another number of arguments than it takes");
    Arguments arguments{read<std::tuple_element_t<I, Arguments>>(reader, I)...};
    const auto invoke = [&]() -> Result {
      if constexpr (Shape::wants_context) {
        const TaskContext context{task.index, task.attempt, task.run_seed, task.slot};
        return callable(context, static_cast<std::tuple_element_t<I, Parameters>&&>(std::get<I>(arguments))...);
      } else {
        return callable(static_cast<std::tuple_element_t<I, Parameters>&&>(std::get<I>(arguments))...);
      }
    };
    Writer writer(output);
    if constexpr (std::is_void_v<Result>) {
      invoke();
      writer.null();
    } else {
      Codec<std::remove_cvref_t<Result>>::write(writer, invoke());
    }
    writer.flush();
  }

  template <class T>
  T read(Reader& reader, std::size_t index) const {
    return at_place([&] { return Codec<T>::read(reader); }, [&] { return names[index]; });
  }

  F callable;
};

/// The value as bytes.
template <class T>
std::string encoded(const T& value) {
  std::string bytes;
  const prun_output output{sizeof(prun_output), &bytes,
                           [](void* target, const void* data, std::size_t count) noexcept {
                             static_cast<std::string*>(target)->append(static_cast<const char*>(data), count);
                             return 0;
                           },
                           nullptr};
  Writer writer(output);
  Codec<T>::write(writer, value);
  writer.flush();
  return bytes;
}

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

/// A parameter without a stated default; one that may be null may also be left out.
template <class T>
void add_parameter(Record& record, const char* name) {
  record.names.emplace_back(name);
  record.defaults.emplace_back();
  if constexpr (IsOptional<T>::value) record.defaults.back() = encoded(T());
}

template <class T, class V>
void add_parameter(Record& record, const Default<V>& parameter) {
  static_assert(std::is_convertible_v<const V&, T>,
                "PRUN_FUNCTION: a default does not convert to its parameter's type");
  record.names.emplace_back(parameter.name);
  record.defaults.push_back(encoded<T>(static_cast<T>(parameter.value)));
}

template <class Arguments, class Names, std::size_t... I>
void add_parameters(Record& record, const Names& names, std::index_sequence<I...>) {
  if constexpr (std::tuple_size_v<Names> != 0) {
    (add_parameter<std::tuple_element_t<I, Arguments>>(record, std::get<I>(names)), ...);
  } else {
    (add_parameter<std::tuple_element_t<I, Arguments>>(
         record, sizeof...(I) == 1 ? "arg" : ("arg" + std::to_string(I + 1)).c_str()),
     ...);
  }
  const std::array<std::uint32_t, sizeof...(I)> types{Codec<std::tuple_element_t<I, Arguments>>::type...};
  for (std::size_t i = 0; i < sizeof...(I); ++i) {
    const std::string& value = record.defaults[i];
    record.parameters.push_back({sizeof(prun_parameter), record.names[i].c_str(), types[i],
                                 value.empty() ? nullptr : value.data(), value.size()});
  }
  for (const prun_parameter& parameter : record.parameters) record.parameter_pointers.push_back(&parameter);
}

template <class R>
std::string describe_result() {
  if constexpr (std::is_void_v<R>) {
    return "null";
  } else {
    return Codec<std::remove_cvref_t<R>>::describe();
  }
}

/// Everything that this library registers.
class Registration {
 public:
  static Registration& instance() {
    static Registration& one = *new Registration;  // never destroyed: prun may look into it until the process ends
    return one;
  }

  void add(const Record& record) { functions_.push_back(&record.function); }
  void add_initializer(int (*initializer)(const prun_output*)) { initializers_.push_back(initializer); }

  const prun_plugin* describe() {
    plugin_ = {PRUN_PLUGIN_MAJOR, PRUN_PLUGIN_MINOR, sizeof(prun_plugin),
               functions_.data(), functions_.size(), initializers_.empty() ? nullptr : &initialize};
    return &plugin_;
  }

 private:
  static int initialize(const prun_output* output) {
    for (const auto initializer : instance().initializers_) {
      if (const int status = initializer(output); status != PRUN_OK) return status;
    }
    return PRUN_OK;
  }

  std::vector<const prun_function*> functions_;
  std::vector<int (*)(const prun_output*)> initializers_;
  prun_plugin plugin_{};
};

template <class F, class... Names>
bool add_function(const char* name, F callable, const char* help = "", const Names&... names) {
  static_assert(HasShape<F>, "PRUN_FUNCTION takes a function, or an object with one operator() that is const");
  if constexpr (HasShape<F>) {
    using Shape = ShapeOf<F>;
    using Arguments = typename Shape::Arguments;
    static_assert(Shape::readable, "PRUN_FUNCTION: a parameter is of a type that arguments cannot be converted to");
    static_assert(!Shape::writes_to_arguments, "PRUN_FUNCTION: a parameter is a reference that is not const");
    static_assert(std::is_void_v<typename Shape::Result> || Writable<std::remove_cvref_t<typename Shape::Result>>,
                  "PRUN_FUNCTION: the result is of a type that cannot be converted to a value");
    static_assert(sizeof...(Names) == 0 || sizeof...(Names) == std::tuple_size_v<Arguments>,
                  "PRUN_FUNCTION needs a name for every parameter (a TaskContext not counted), or none");
    auto& record = *new CallableRecord<F>(std::move(callable));  // lives as long as the process
    record.name = name;
    record.help = help;
    record.result = describe_result<typename Shape::Result>();
    add_parameters<Arguments>(record, std::tuple<const Names&...>(names...),
                              std::make_index_sequence<std::tuple_size_v<Arguments>>{});
    record.function = {sizeof(prun_function),
                       record.name.c_str(),
                       record.help.c_str(),
                       record.result.c_str(),
                       record.parameter_pointers.data(),
                       record.parameters.size(),
                       &record,
                       &CallableRecord<F>::call};
    Registration::instance().add(record);
  }
  return true;
}

/// @param F captures nothing, or is a plain function that the macro wraps in such a lambda
template <class F>
bool add_initializer(F) {
  Registration::instance().add_initializer([](const prun_output* output) {
    try {
      F{}();
      return static_cast<int>(PRUN_OK);
    } catch (...) {
      return fail_as_thrown(*output);
    }
  });
  return true;
}

}  // namespace prun::plugin

#pragma GCC visibility pop
