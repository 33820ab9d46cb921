# Run by ctest: installs `build` below `work`, moves what was installed, builds and runs the consumer against it, asks the
# installed command for its version, and builds and tests the plugin that it writes. Leaves its folder behind for whoever
# looks into a failure.
cmake_minimum_required(VERSION 3.22)

function(run what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    string(REPLACE ";" " " command "${ARGN}")
    message(FATAL_ERROR "${what} failed (${result}):\n${command}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

set(prefix ${work}/moved)
file(REMOVE_RECURSE ${work}/installed ${prefix} ${work}/consumer-build)
run("installing" ${CMAKE_COMMAND} --install ${build} --prefix ${work}/installed)
file(RENAME ${work}/installed ${prefix})

# A user compiles with warnings as errors, and may have neither this project's compiler flags nor its options library.
set(ENV{CXXFLAGS} "-Wall -Wextra -Wpedantic -Werror")
run("configuring the consumer" ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/consumer -B ${work}/consumer-build
    -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_CXX_COMPILER=${cxx} -D CMAKE_CXX_COMPILER_LAUNCHER=${launcher}
    -D CMAKE_DISABLE_FIND_PACKAGE_CLI11=ON -D CMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON -D expected_version=${version})
run("building the consumer" ${CMAKE_COMMAND} --build ${work}/consumer-build)
foreach(program consumer examples)
  run("running the consumer's ${program}" ${work}/consumer-build/${program})
  if(NOT output STREQUAL "ok\n")
    message(FATAL_ERROR "the consumer's ${program} printed '${output}', expected 'ok'")
  endif()
endforeach()

# A program that executes itself once more: with its file gone, without standard streams, and from a library that a program
# loads which was not linked with it.
set(spawn ${work}/consumer-build/spawn)
set(program_spawn ${spawn})
set(program_deleted ${work}/consumer-build/spawn-deleted deleted)
set(program_host ${work}/consumer-build/spawn_host ${work}/consumer-build/libspawn_library.so)
file(COPY_FILE ${spawn} ${work}/consumer-build/spawn-deleted)
foreach(program spawn deleted host)
  run("spawning (${program})" ${program_${program}})
  if(NOT output STREQUAL "ok\n")
    message(FATAL_ERROR "spawning (${program}) printed '${output}', expected 'ok'")
  endif()
endforeach()
run("spawning without standard streams" ${spawn} closed)

# Without CMake, and with clang: pkg-config says all that a compiler needs.
find_program(clang clang++)
find_program(pkg_config pkg-config)
if(pkg_config)
  file(GLOB_RECURSE pc ${prefix}/*/prun.pc)
  get_filename_component(pc_dir ${pc} DIRECTORY)
  set(ENV{PKG_CONFIG_PATH} ${pc_dir})
  run("pkg-config" ${pkg_config} --cflags --libs --static prun)
  separate_arguments(flags UNIX_COMMAND "${output}")
  if(NOT clang)
    set(clang ${cxx})
  endif()
  run("compiling with what pkg-config says" ${clang} -std=c++20 -Wall -Wextra -Werror
      ${CMAKE_CURRENT_LIST_DIR}/consumer/examples.cpp ${flags} -o ${work}/examples-by-pkg-config)
  run("running what was compiled so" ${work}/examples-by-pkg-config)
  if(NOT output STREQUAL "ok\n")
    message(FATAL_ERROR "examples-by-pkg-config printed '${output}', expected 'ok'")
  endif()
endif()

if(command)
  run("the installed command" ${prefix}/bin/prun --version)
  if(NOT output MATCHES "${version}")
    message(FATAL_ERROR "prun --version printed '${output}', expected it to name ${version}")
  endif()

  # The project that it writes builds against what is installed, without what the library itself needs.
  file(REMOVE_RECURSE ${work}/new)
  file(MAKE_DIRECTORY ${work}/new)
  run("prun new plugin" ${CMAKE_COMMAND} -E chdir ${work}/new ${prefix}/bin/prun new plugin my-functions)
  run("configuring the new plugin" ${CMAKE_COMMAND} -S ${work}/new/my-functions -B ${work}/new/build
      -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_CXX_COMPILER=${cxx} -D CMAKE_CXX_COMPILER_LAUNCHER=${launcher}
      -D CMAKE_DISABLE_FIND_PACKAGE_cereal=ON -D CMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON)
  run("building the new plugin" ${CMAKE_COMMAND} --build ${work}/new/build)
  run("testing the new plugin" ${CMAKE_CTEST_COMMAND} --test-dir ${work}/new/build --output-on-failure --no-tests=error)
endif()
