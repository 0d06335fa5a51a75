/// Tables in files: CSV in and out, gzip transparently, problems named by file and line.
@NullMarked
package dev.ratematch.sizing.table;

import org.jspecify.annotations.NullMarked;
