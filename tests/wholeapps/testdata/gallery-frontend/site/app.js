document.title = "Gallery of " + location.host;
