//! The names by which parameters and members of responses say that they are about paging. All of them are keys:
//! lower case, letters and digits only.

/// Parameters that take an opaque value of the previous response, whatever their text says.
pub(crate) const TOKENS: [&str; 48] = [
    "pagetoken", "nextpagetoken", "nexttoken", "cursor", "nextcursor", "pagecursor", "pageafter", "pagingtoken",
    "paginationtoken", "continuationtoken", "continuation", "continuetoken", "continue", "marker", "nextmarker",
    "startmarker", "scrollid", "bookmark", "startcursor", "aftercursor", "cursormark", "resumptiontoken",
    "exclusivestartkey", "startkey", "skiptoken", "nextkey", "streamposition", "paginationkey", "pagestate",
    "starttoken", "nextpagecursor", "lastevaluatedkey", "continuationkey", "cursortoken", "cursorid",
    "paginationcursor", "nextpageid", "nextpage", "cursorafter", "cursornext", "paginationaftercursor", "aftertoken",
    "searchafter", "exclusivestartid", "keymarker", "pagingcursor", "paginationid", "scrolltoken",
];

/// Parameters that take an opaque value if the response returns one, or if their text says so.
pub(crate) const MAYBE_TOKENS: [&str; 17] = [
    "after", "next", "token", "position", "offset", "start", "page", "startingafter", "from", "startfrom",
    "startafter", "begin", "key", "offsetid", "pageid", "lastkey", "endingbefore",
];

/// Parameters that take the id of the last record.
pub(crate) const LAST_RECORD: [&str; 16] = [
    "startingafter", "afterid", "sinceid", "lastid", "fromid", "startafterid", "lastseenid", "idafter", "lastrecordid",
    "startingafterid", "lastitemid", "startid", "greaterthanid", "idgt", "minid", "idabove",
];

/// Parameters that take the id of the last record if their text says so.
pub(crate) const MAYBE_LAST_RECORD: [&str; 6] = ["after", "since", "startafter", "from", "start", "last"];

/// Parameters that take the number of records passed.
pub(crate) const OFFSETS: [&str; 30] = [
    "offset", "skip", "startindex", "startat", "firstresult", "startposition", "pageoffset", "recordoffset", "startrow",
    "startitem", "startrecord", "offsetindex", "resultoffset", "startnum", "skipcount", "sysparmoffset", "rowoffset",
    "limitstart", "firstindex", "recordstart", "startfrom", "fromindex", "startingindex", "itemoffset", "limitoffset",
    "paginationoffset", "startingrecord", "rowstart", "startoffset", "pagingoffset",
];

/// Parameters that take the number of records passed if they are numbers and there is a size.
pub(crate) const MAYBE_OFFSETS: [&str; 5] = ["start", "from", "begin", "first", "index"];

/// Parameters that take the number of a page.
pub(crate) const PAGES: [&str; 20] = [
    "page", "pagenumber", "pageno", "pagenum", "pageindex", "currentpage", "pagenbr", "paginationpage", "pagestart",
    "pageid", "requestedpage", "pagingpage", "p", "pg", "startpage", "resultpage", "pagenr", "pagingpagenumber",
    "pageidx", "paginationpagenumber",
];

/// Parameters that take the size of a page.
pub(crate) const SIZES: [&str; 44] = [
    "perpage", "pagesize", "limit", "pagelimit", "maxresults", "top", "size", "count", "itemsperpage",
    "resultsperpage", "rows", "take", "maxitems", "maxkeys", "recordsperpage", "maxrecords", "hitsperpage",
    "limitperpage", "perpagelimit", "batchsize", "numresults", "maxpagesize", "maxentries", "maxcount", "pagelength",
    "sysparmlimit", "entriesperpage", "nbperpage", "maxhits", "numitems", "pagecount", "rowsperpage", "paginationlimit",
    "paginationpagesize", "paginationsize", "limitcount", "numrows", "rowcount", "resultcount", "maxnumresults",
    "objectsperpage", "maxrows", "paginationperpage", "resultlimit",
];

/// Parameters that take the size of a page if there is another parameter for paging.
pub(crate) const MAYBE_SIZES: [&str; 9] =
    ["max", "first", "length", "num", "results", "amount", "number", "n", "items"];

/// Members that hold the opaque value for the next page. The last name is meant.
pub(crate) const NEXT_TOKENS: [&str; 38] = [
    "nextpagetoken", "nexttoken", "nextcursor", "nextmarker", "continuationtoken", "nextcontinuationtoken",
    "continue", "scrollid", "nextpagecursor", "endcursor", "aftercursor", "bookmark", "paginationtoken",
    "nextkey", "lastevaluatedkey", "resumptiontoken", "nextoffset", "nextstart", "nextid", "nextpageid", "pagetoken",
    "cursornext", "nextpagestate", "nextstreamposition", "nextposition", "nextcursormark", "nextstartingafter",
    "lastkey", "nextcontinuation", "nextquerytoken", "nextpagekey", "nextpagingtoken", "pagingtoken",
    "newcursor", "nextscrollid", "nextpaginationtoken", "nextcursorid", "cursorafter",
];

/// Members that hold the opaque value for the next page if a parameter fits.
pub(crate) const MAYBE_NEXT_TOKENS: [&str; 10] =
    ["cursor", "next", "after", "marker", "nextpage", "token", "offset", "startingafter", "last", "position"];

/// Members around the next page.
pub(crate) const NEXT_FRAMES: [&str; 24] = [
    "meta", "metadata", "paging", "pagination", "page", "pages", "links", "link", "cursors", "cursor", "next",
    "nextpage", "responsemetadata", "pageinfo", "paginator", "pagemeta", "info", "search", "paginationinfo",
    "responsemeta", "resultinfo", "list", "data", "result",
];

/// Members that hold the complete address of the next page.
pub(crate) const NEXT_LINKS: [&str; 18] = [
    "nextlink", "odatanextlink", "nextpageuri", "nextpageurl", "nexturl", "nexturi", "nextpagelink", "nexthref",
    "nextpagehref", "nextresultsurl", "nextpagepath", "nextrecordsurl", "nextbatchurl", "nextpath", "nextrequesturl",
    "nextlinkurl", "nextpageapiurl", "nextresults",
];

/// Members that say whether there is more.
pub(crate) const MORES: [&str; 14] = [
    "hasmore", "hasnextpage", "hasnext", "more", "moreresults", "hasmoreresults", "istruncated", "truncated",
    "hasmoreitems", "moredataavailable", "moreitems", "morerecords", "hasmorerecords", "morepages",
];

/// Members that count all records.
pub(crate) const TOTALS: [&str; 24] = [
    "total", "totalcount", "totalresults", "totalitems", "totalrecords", "totalelements", "totalsize", "totalrows",
    "numfound", "recordcount", "totalhits", "totalentries", "counttotal", "totalnumber", "itemcount", "totalrecordcount",
    "totalresultscount", "alltotal", "totalobjects", "numresults", "totalcountofrecords", "odatacount", "resultcount",
    "totalrecordscount",
];
